//! One run of sending, step by step: prepare, resume or begin objects, send parts, make the link.

use core::cell::{Cell, RefCell};

use futures::{
    StreamExt, TryStreamExt,
    channel::oneshot,
    future::{try_join, try_join_all, try_join3},
    stream,
};
use sealdrop_api::{ObjectId, OwnerToken, Problem, ProblemType};
use sealdrop_model::Stage;

use super::{
    begin_object::{Planned, begin_object, discard_object, first_changed, summarise},
    cleanup::CreatedResources,
    link::{
        ask::{ask_for_link, was_made},
        keys::{LinkKeys, key_if_as_asked, make_link_keys},
        make::{Contents, make_link},
        sent::Sent,
    },
    object::ObjectUpload,
    options::{SendFile, SendOptions},
    part_workers::{PartQueue, PartWorkers},
    prepare::{
        check_contents::{check_list, entries, total},
        fit_names::fit_names,
        limits::{check_choices, check_limits, limits},
        plan::{PlannedObject, plan},
    },
};
use crate::{
    engine::{context::TransferContext, events::UploadEvent},
    error::{InvalidInput, TransferError},
    item::{FileEntry, Listing, MAX_FILES},
    journal::{
        handle::JournalHandle,
        source_digest::{digest_sources, look_at_empty},
        storage::Journal,
        unfinished::{KeptLink, KeptObject, Unfinished},
    },
    platform::Platform,
};

/// What is sent: planned, and matched with what earlier runs kept.
struct Prepared<F> {
    files: Vec<SendFile<F>>,
    /// Of each file, its place in the list as given.
    order: Vec<usize>,
    entries: Vec<FileEntry>,
    plain_bytes: u64,
    planned: Vec<Planned>,
    /// Whether earlier runs sent other files.
    is_changed: bool,
    /// Objects of earlier runs that match none: their keys are never used again.
    stale: Vec<ObjectId>,
    link: Option<KeptLink>,
}

/// Sends files: prepares, resumes or begins objects, sends their parts, and makes the link.
pub(crate) async fn send<P: Platform, J: Journal>(
    context: &TransferContext<'_, P>,
    files: Vec<SendFile<P::File>>,
    options: &SendOptions,
    (journal, unfinished): (&JournalHandle<'_, J>, Option<Unfinished>),
    token: &OwnerToken,
    created: &CreatedResources,
    events: &dyn Fn(UploadEvent),
) -> Result<Sent, TransferError> {
    let mut prepared = prepare(context, files, options, (journal, unfinished), token, events).await?;
    if let Some(link) = prepared.link.take()
        && let Some(sent) = take_link(context, link, &prepared, options, token, created).await?
    {
        return Ok(sent);
    }
    journal.accepted().await;
    for object_id in prepared.stale {
        discard_object(context, journal, created, token, object_id).await?;
    }
    let begin = prepared.planned.into_iter();
    let begin = begin.map(|planned| begin_object(context, journal, created, token, planned));
    // Room for all of them is asked for before the first byte moves.
    let objects: Vec<ObjectUpload<'_>> = stream::iter(begin.collect::<Vec<_>>())
        .buffered(options.concurrency.max(1))
        .try_collect()
        .await?;
    let workers = PartWorkers {
        context,
        journal,
        files: &prepared.files,
        order: &prepared.order,
        objects: &objects,
    };
    let keys = send_parts(&workers, options).await?;
    {
        let mut progress = context.progress.borrow_mut();
        progress.enter(Stage::Finishing);
        (0..prepared.files.len()).for_each(|file| progress.finish_file(file));
    }
    context.emit_progress();
    let listing = Listing {
        objects: objects.iter().map(ObjectUpload::describe).collect::<Result<_, _>>()?,
        files: prepared.entries,
    };
    let contents = Contents {
        listing,
        plain_bytes: prepared.plain_bytes,
    };
    make_link(context, (contents, keys), options, token, created, journal).await
}

/// Checks what is to be sent, plans it, and looks up what an earlier run kept of it.
async fn prepare<P: Platform, J: Journal>(
    context: &TransferContext<'_, P>,
    files: Vec<SendFile<P::File>>,
    options: &SendOptions,
    (journal, unfinished): (&JournalHandle<'_, J>, Option<Unfinished>),
    token: &OwnerToken,
    events: &dyn Fn(UploadEvent),
) -> Result<Prepared<P::File>, TransferError> {
    if files.is_empty() || files.len() > MAX_FILES {
        return Err(TransferError::InvalidInput(InvalidInput::FileCount));
    }
    check_choices(context.platform, options)?;
    let plain_bytes = total(files.iter().map(|file| file.len))?;
    let (files, order) = fit_names(context.platform, files, events);
    let lens: Vec<u64> = files.iter().map(|file| file.len).collect();
    let plan = plan(&lens, options.padding);
    let entries = entries(&files, plan.extents);
    check_list(&entries, &plan.objects)?;

    let beginning = async {
        match &unfinished {
            Some(_) => Ok(()),
            None => journal.begun(token, summarise(&files, options, plain_bytes)).await,
        }
    };
    let reading = try_join(
        digest_sources(context.platform, &files, plan.objects.iter()),
        look_at_empty(context.platform, &files),
    );
    // Beside each other: one asks the server, one reads the files, one begins the journal.
    let (allowed, (digests, ()), ()) = try_join3(limits(context.platform), reading, beginning).await?;
    let sealed_bytes = plan.objects.iter().map(PlannedObject::sealed_len).sum();
    check_limits(&allowed, sealed_bytes, options)?;
    let (mut kept, manifests, link) = match unfinished {
        Some(unfinished) => (unfinished.objects, unfinished.manifests, unfinished.link),
        None => (Vec::new(), Vec::new(), None),
    };
    let mut planned = Vec::with_capacity(plan.objects.len());
    for (object, digest) in plan.objects.into_iter().zip(digests) {
        let same = |old: &KeptObject| {
            old.digest == digest && old.content_len == object.content_len && old.padding == object.padding
        };
        let old = kept.iter().position(same).map(|place| kept.swap_remove(place));
        planned.push((object, digest, old));
    }
    if !kept.is_empty() && !options.send_changed {
        return Err(TransferError::SourceChanged {
            file: first_changed(&files, &planned),
        });
    }
    let stale = kept.iter().map(|old| ObjectId(*old.identity.object_id()));
    Ok(Prepared {
        files,
        order,
        entries,
        plain_bytes,
        planned,
        is_changed: !kept.is_empty(),
        stale: stale.chain(manifests).collect(),
        link,
    })
}

/// Takes the link that an earlier run asked for, if it is what is asked for now. Otherwise it must not exist: a token makes
/// one link.
async fn take_link<P: Platform>(
    context: &TransferContext<'_, P>,
    link: KeptLink,
    prepared: &Prepared<P::File>,
    options: &SendOptions,
    token: &OwnerToken,
    created: &CreatedResources,
) -> Result<Option<Sent>, TransferError> {
    let link_id = link.request.link_id();
    created.link.set(Some(link_id));
    let is_whole = !prepared.is_changed && prepared.planned.iter().all(|(_, _, old)| old.is_some());
    if is_whole && let Some(key) = key_if_as_asked(context.platform, &link, options).await? {
        let counts = (prepared.files.len(), prepared.plain_bytes);
        return ask_for_link(context, (link, key), counts, options, token)
            .await
            .map(Some);
    }
    if was_made(context, link_id, token).await? {
        return Err(Problem::new(ProblemType::LinkExists).into());
    }
    created.link.set(None);
    Ok(None)
}

/// Sends all parts that the bucket lacks, and makes the keys of the link beside the last ones.
async fn send_parts<P: Platform, J: Journal>(
    workers: &PartWorkers<'_, P, J>,
    options: &SendOptions,
) -> Result<LinkKeys, TransferError> {
    let context = workers.context;
    workers.count_what_is_there();
    context.progress.borrow_mut().enter(Stage::Moving);
    context.emit_progress();
    let (signal, last_parts_taken) = oneshot::channel();
    let queue = PartQueue {
        parts: RefCell::new(workers.all_parts()),
        is_empty: Cell::new(Some(signal)),
    };
    let running = (0..options.concurrency_range().1).map(|_| workers.worker(&queue));
    // Beside the last parts, not the first ones: stretching a password takes 64 MiB.
    let keys = async {
        // The workers have failed if the sender is dropped.
        let _ = last_parts_taken.await;
        make_link_keys(context.platform, options).await
    };
    let (_, keys) = try_join(try_join_all(running), keys).await?;
    Ok(keys)
}
