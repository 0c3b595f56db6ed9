//! One run of sending, step after step: what is asked, taken up or created, sent, and listed in the link.

use core::cell::{Cell, RefCell};

use futures::{
    StreamExt, TryStreamExt,
    channel::oneshot,
    future::{try_join, try_join_all, try_join3},
    stream,
};
use sealdrop_api::{ObjectId, OwnerToken, Problem, ProblemType};

use super::{
    begin_object::{begin_object, discard_object, first_changed, summarise},
    cleanup::CreatedResources,
    link::{
        ask::{ask_for_link, was_made},
        keys::{key_if_as_asked, make_link_keys},
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
    engine::{context::TransferContext, events::SendEvent, progress::Stage},
    error::TransferError,
    item::{Listing, MAX_FILES},
    journal::{
        handle::JournalHandle,
        source_digest::{digest_sources, look_at_empty},
        storage::Journal,
        unfinished::{KeptObject, Unfinished},
    },
    platform::Platform,
};

const MADE_BEFORE: &str = "A link to these files was made before and never shown, with other choices or of other files. Choose as before, or \
                           discard the unfinished upload and send again.";

pub(crate) async fn send<P: Platform, J: Journal>(
    context: &TransferContext<'_, P>,
    files: Vec<SendFile<P::File>>,
    options: &SendOptions,
    (journal, unfinished): (&JournalHandle<'_, J>, Option<Unfinished>),
    token: &OwnerToken,
    created: &CreatedResources,
    events: &dyn Fn(SendEvent),
) -> Result<Sent, TransferError> {
    if files.is_empty() || files.len() > MAX_FILES {
        return Err(TransferError::Unsendable("a link can have 1 to 100,000 files"));
    }
    check_choices(context.platform, options)?;
    let plain_bytes = total(files.iter().map(|file| file.len))?;
    let (files, order) = fit_names(context.platform, files, events);
    let lens: Vec<u64> = files.iter().map(|file| file.len).collect();
    let planned = plan(&lens, options.padding);
    let entries = entries(&files, planned.extents);
    check_list(&entries, &planned.objects)?;

    let beginning = async {
        match &unfinished {
            Some(_) => Ok(()),
            None => journal.begun(token, summarise(&files, options, plain_bytes)).await,
        }
    };
    let reading = try_join(
        digest_sources(context.platform, &files, planned.objects.iter()),
        look_at_empty(context.platform, &files),
    );
    // Beside each other: one asks the server, one reads the files, one begins the journal.
    let (allowed, (digests, ()), ()) = try_join3(limits(context.platform), reading, beginning).await?;
    check_limits(
        &allowed,
        planned.objects.iter().map(PlannedObject::sealed_len).sum(),
        options,
    )?;
    let (mut kept, manifests, link) = match unfinished {
        Some(unfinished) => (unfinished.objects, unfinished.manifests, unfinished.link),
        None => (Vec::new(), Vec::new(), None),
    };
    let mut resumed = Vec::with_capacity(planned.objects.len());
    for (object, digest) in planned.objects.into_iter().zip(digests) {
        let same = |old: &KeptObject| {
            old.digest == digest && old.content_len == object.content_len && old.padding == object.padding
        };
        let old = kept.iter().position(same).map(|place| kept.swap_remove(place));
        resumed.push((object, digest, old));
    }
    if !kept.is_empty() && !options.send_changed {
        return Err(TransferError::SourceChanged {
            file: first_changed(&files, &resumed),
        });
    }
    if let Some(link) = link {
        let link_id = link.request.link_id();
        created.link.set(Some(link_id));
        let is_whole = kept.is_empty() && resumed.iter().all(|(_, _, old)| old.is_some());
        if is_whole && let Some(key) = key_if_as_asked(context.platform, &link, options).await? {
            return ask_for_link(context, (link, key), (files.len(), plain_bytes), options, token).await;
        }
        // A token makes one link. Nobody has seen this one, but what it says is not what is wanted now.
        if was_made(context, link_id, token).await? {
            return Err(Problem::new(ProblemType::LinkExists).with_detail(MADE_BEFORE).into());
        }
        created.link.set(None);
    }
    journal.accepted().await;
    // What is left was made of files as they were: its keys are never used again.
    let old = kept.iter().map(|old| ObjectId(*old.identity.object_id()));
    for object_id in old.chain(manifests) {
        discard_object(context, journal, created, token, object_id).await?;
    }

    let mut objects = Vec::with_capacity(resumed.len());
    for (planned, digest, old) in resumed {
        objects.push(begin_object(context, journal, created, token, (planned, digest, old)));
    }
    // Room for all of them is asked for before the first byte moves.
    let objects: Vec<ObjectUpload<'_>> = stream::iter(objects)
        .buffered(options.concurrency.max(1))
        .try_collect()
        .await?;

    let workers = PartWorkers {
        context,
        journal,
        files: &files,
        order: &order,
        objects: &objects,
    };
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

    {
        let mut progress = context.progress.borrow_mut();
        progress.enter(Stage::Finishing);
        (0..files.len()).for_each(|file| progress.finish_file(file));
    }
    context.emit_progress();
    let listing = Listing {
        objects: objects.iter().map(ObjectUpload::describe).collect::<Result<_, _>>()?,
        files: entries,
    };
    let contents = Contents { listing, plain_bytes };
    make_link(context, (contents, keys), options, token, created, journal).await
}
