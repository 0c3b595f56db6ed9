//! The parts that screens are made of.

mod copy_button;
mod dialog;
mod file_list;
mod foot;
mod icon;
mod key_line;
mod marked;
mod owner_controls;
mod password_field;
mod preview_dialog;
mod progress_panel;
mod rows;
mod sprite;
mod terms;
mod top;
mod trouble_view;
mod unfinished;
mod values;

pub(crate) use copy_button::CopyButton;
pub(crate) use dialog::Dialog;
pub(crate) use file_list::{FileName, FileRow, MAX_ROWS, MoreRows, Tick, mark_view};
pub(crate) use foot::Footer;
pub(crate) use icon::{Icon, Rosette, Seal};
pub(crate) use key_line::KeyLine;
pub(crate) use marked::Marked;
pub(crate) use owner_controls::OwnerControls;
pub(crate) use password_field::PasswordField;
pub(crate) use preview_dialog::{PREVIEW, PreviewDialog};
pub(crate) use progress_panel::{OfflineNote, ProgressPanel, RunningFiles, stage_words};
pub(crate) use rows::rows_in_turn;
pub(crate) use sprite::Sprite;
pub(crate) use terms::Terms;
pub(crate) use top::Top;
pub(crate) use trouble_view::TroubleView;
pub(crate) use unfinished::{GoingOn, UnfinishedDownloadHere, UnfinishedUploads};
pub(crate) use values::{Moment, Size};
