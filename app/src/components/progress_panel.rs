//! The bar for all, and what it says: the same panel for both directions.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::model::stage_words::stage_words;
use crate::{
    components::{
        bold::Bold,
        file_list::{FileRow, MAX_ROWS, MoreRows, mark_view},
        icon::Icon,
        rows::rows_in_turn,
    },
    engine::Stage,
    messages::t,
    model::{
        items::Item,
        numbers,
        run::{Direction, RowState, Run},
        times,
    },
};

/// Percentage, stage, bar and numbers; `children` are the buttons.
#[component]
pub(crate) fn ProgressPanel(
    direction: Direction,
    run: RwSignal<Run>,
    heading: String,
    children: Children,
) -> impl IntoView {
    let stage = Memo::new(move |_| run.with(|run| run.stage));
    let percent = Memo::new(move |_| run.with(Run::percent));
    let name = move || stage_words(direction, stage.get()).0;
    let class = move || match stage.get() {
        Stage::Pausing | Stage::Paused | Stage::WaitingForNetwork => "panel panel-pad run is-paused",
        Stage::Retrying { .. } => "panel panel-pad run is-retrying",
        _ => "panel panel-pad run",
    };
    let stage_name = move || match stage.get() {
        Stage::Preparing => "preparing",
        Stage::Moving => "moving",
        Stage::Finishing => "finishing",
        Stage::Pausing => "pausing",
        Stage::Paused => "paused",
        Stage::WaitingForNetwork => "waiting",
        Stage::Retrying { .. } => "retrying",
    };
    let value = move || (stage.get() != Stage::Finishing).then(|| percent.get().to_string());
    view! {
        <section class=class aria-labelledby="run-heading" data-stage=stage_name>
            <h1 class="visually-hidden" id="run-heading">{heading}</h1>
            <div class="run-head">
                <span class="run-pct" aria-hidden="true">{move || percent.get()}<small>"%"</small></span>
                <div class="run-what">
                    <strong>{name}</strong>
                    <span class="muted md">{move || stage_words(direction, stage.get()).1}</span>
                </div>
                <div class="row">{children()}</div>
            </div>
            <progress
                class="bar"
                data-testid="progress"
                max="100"
                value=value
                aria-label=t().all_files
                aria-valuenow=move || percent.get().to_string()
                aria-valuetext=move || (t().progress_text)(percent.get(), name())
            ></progress>
            <div class="run-nums">{move || run.with(|run| numbers_of(direction, run)).into_iter().map(|text| view! { <span><Bold text/></span> }).collect_view()}</div>
        </section>
    }
    .into_any()
}

fn numbers_of(direction: Direction, run: &Run) -> Vec<String> {
    let m = t();
    let (done, total) = (numbers::bytes(run.done), numbers::bytes(run.total));
    if run.stage == Stage::Finishing {
        return match direction {
            Direction::Sending => vec![(m.sent_amount)(&total), m.link_is_next.to_owned()],
            Direction::Receiving => vec![(m.received_amount)(&total)],
        };
    }
    let mut all = vec![(m.of_total)(&done, &total)];
    if run.stage == Stage::Moving {
        all.extend(run.left.map(times::about_left));
        all.extend(run.rate.map(|rate| format!("*{}*", numbers::rate(rate))));
    }
    all
}

/// The rows of a transfer under way: all, or only some.
#[component]
pub(crate) fn RunningFiles(
    direction: Direction,
    run: RwSignal<Run>,
    items: RwSignal<Vec<Item>>,
    #[prop(default = None)] only: Option<BTreeSet<usize>>,
    #[prop(optional)] testid: Option<&'static str>,
) -> impl IntoView {
    let is_shown = |at: usize| only.as_ref().is_none_or(|only| only.contains(&at));
    let rows = items
        .get_untracked()
        .into_iter()
        .enumerate()
        .filter(|(at, _)| is_shown(*at));
    let rows: Vec<(usize, Item)> = rows.collect();
    let all = rows.len();
    // A row may stand for a folder: what is counted is files, as everywhere.
    let files: Vec<(usize, usize)> = rows.iter().map(|(at, row)| (*at, row.members.len())).collect();
    let done = move || {
        let (mut done, mut all) = (0, 0);
        run.with(|run| {
            for (at, count) in &files {
                all += count;
                done += run.through(*at, *count);
            }
        });
        let (done, all) = (done as u64, all as u64);
        match direction {
            Direction::Sending => (t().sent_of)(done, all),
            Direction::Receiving => (t().received_of)(done, all),
        }
    };
    view! {
        <section class="panel" aria-labelledby="files-heading">
            <div class="panel-head"><h2 id="files-heading">{t().files}</h2><span class="sum">{done}</span></div>
            <ul class="files" role="list" data-testid=testid>
                {rows_in_turn(all.min(MAX_ROWS), 0, move |row| { let (at, item) = rows[row].clone(); view! { <RunningFile direction run at item/> }.into_any() })}
            </ul>
            <MoreRows all/>
        </section>
    }
    .into_any()
}

#[component]
fn RunningFile(direction: Direction, run: RwSignal<Run>, at: usize, item: Item) -> impl IntoView {
    let mark = Memo::new(move |_| run.with(|run| run.marks.get(at).copied().unwrap_or(RowState::Next)));
    let paused = Memo::new(move |_| run.with(|run| matches!(run.stage, Stage::Paused | Stage::WaitingForNetwork)));
    let class = Signal::derive(move || match mark.get() {
        RowState::Retrying(_) => "is-retrying",
        RowState::Waiting(_) | RowState::Paused(_) => "is-paused",
        RowState::Busy(_) if paused.get() => "is-paused",
        RowState::Stopped => "is-bad",
        _ => "",
    });
    let label = crate::model::names::visible(&item.name);
    let bar = move || match mark.get() {
        RowState::Busy(percent)
        | RowState::Retrying(percent)
        | RowState::Waiting(percent)
        | RowState::Paused(percent) => Some(
            view! { <progress class="bar bar-thin" max="100" value=percent.to_string() aria-label=label.clone()></progress> },
        ),
        _ => None,
    };
    // Where all of it waits, the panel has said why; one row that waits alone says it itself.
    let alone = Memo::new(move |_| {
        direction == Direction::Sending
            && matches!(mark.get(), RowState::Retrying(_))
            && !run.with(|run| matches!(run.stage, Stage::Retrying { .. }))
    });
    let why = move || {
        alone
            .get()
            .then(|| view! { <span class="meta">{t().retrying_piece}</span> })
    };
    view! {
        <FileRow item class below=view! { {why}{bar} }.into_any()>
            {move || mark_view(mark.get(), direction)}
        </FileRow>
    }
    .into_any()
}

/// A note for the time without a network.
#[component]
pub(crate) fn OfflineNote(run: RwSignal<Run>) -> impl IntoView {
    let waiting = Memo::new(move |_| run.with(|run| matches!(run.stage, Stage::WaitingForNetwork)));
    move || {
        waiting.get().then(|| {
            view! {
                <div class="note">
                    <Icon name="offline"/>
                    <div><strong>{t().offline_title}</strong><span>{t().offline_text}</span></div>
                </div>
            }
        })
    }
}
