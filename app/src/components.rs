//! The parts that screens are made of.

pub(crate) mod bold;
pub(crate) mod choices;
pub(crate) mod copy_button;
pub(crate) mod dialog;
pub(crate) mod error_view;
pub(crate) mod file_button;
pub(crate) mod file_list;
pub(crate) mod footer;
pub(crate) mod header;
pub(crate) mod icon;
pub(crate) mod key_line;
pub(crate) mod link_card;
pub(crate) mod link_options;
pub(crate) mod note_text;
pub(crate) mod owner_controls;
pub(crate) mod password_field;
pub(crate) mod pasted_text;
pub(crate) mod preview_dialog;
pub(crate) mod progress_panel;
pub(crate) mod rows;
pub(crate) mod sent_contents;
pub(crate) mod sent_rows;
pub(crate) mod sprite;
pub(crate) mod tree_rows;
pub(crate) mod unfinished;
pub(crate) mod values;
