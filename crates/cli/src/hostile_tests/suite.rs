//! Tells each lie to a client and judges what it does.

use std::{
    collections::BTreeMap,
    rc::Rc,
    sync::atomic::{AtomicUsize, Ordering},
};

use sealdrop_test_support::malicious_server::{
    MaliciousServer, Mutation, Recording, Seeded, Site, mutations_of_answers, mutations_of_objects,
};
use tokio::task::LocalSet;

use super::{
    client::{Client, Files, Verdict},
    planted::{Kind, Weakness, sealed_again},
    test_server::{Sealed, TestServer, content, one_file},
};

/// Clients at a time.
const LANES: usize = 3;
/// Chooses where bits flip; a failure names the lie, so any seed is as good.
const SEED: u64 = 0x5EA1_D809;

/// Outcomes of many lies.
#[derive(Debug, Default)]
struct Outcome {
    told: usize,
    unheard: Vec<String>,
    right: usize,
    refused: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

impl Outcome {
    fn add(&mut self, mutation: &Mutation, heard: bool, verdict: Verdict) {
        let what = format!("{:?}: {}", mutation.site, mutation.what);
        if !heard {
            self.unheard.push(what);
            return;
        }
        self.told += 1;
        match verdict {
            Verdict::Right => self.right += 1,
            Verdict::Refused(why) => *self.refused.entry(why).or_default() += 1,
            Verdict::Wrong(how) => self.wrong.push(format!("{what}: {how}")),
        }
    }

    fn join(&mut self, other: Self) {
        self.told += other.told;
        self.unheard.extend(other.unheard);
        self.right += other.right;
        for (why, times) in other.refused {
            *self.refused.entry(why).or_default() += times;
        }
        self.wrong.extend(other.wrong);
    }

    /// Prints the figures; nothing wrong may have been believed, and every lie must have been heard.
    fn expect_nothing_wrong(&self, name: &str) {
        let refused: usize = self.refused.values().sum();
        println!(
            "hostile, {name}: {} lies told, {refused} refused, {} without effect, {} believed",
            self.told,
            self.right,
            self.wrong.len()
        );
        for (why, times) in &self.refused {
            println!("  {times:6}  {why}");
        }
        assert!(self.wrong.is_empty(), "believed: {:#?}", self.wrong);
        assert!(self.unheard.is_empty(), "never heard: {:#?}", self.unheard);
        assert!(self.told > 0 && refused > 0, "nothing was told or nothing refused");
    }
}

/// Tells every lie to a client of its own, a few at a time.
async fn tell(sealed: &Rc<Sealed>, lies: Vec<Mutation>, weakness: Option<Weakness>) -> Outcome {
    let (lies, next) = (Rc::new(lies), Rc::new(AtomicUsize::new(0)));
    let tasks = LocalSet::new();
    let running: Vec<_> = (0..LANES)
        .map(|_| {
            let (sealed, lies, next) = (Rc::clone(sealed), Rc::clone(&lies), Rc::clone(&next));
            let weakness = weakness.clone();
            tasks.spawn_local(async move {
                let liar = MaliciousServer::playing(sealed.recording.clone())
                    .await
                    .expect("a free port");
                let mut client = Client::new(&liar.address);
                client.weakness = weakness;
                client.password = sealed.password;
                let mut outcome = Outcome::default();
                while let Some(lie) = lies.get(next.fetch_add(1, Ordering::Relaxed)) {
                    liar.tell(Some(lie.clone()));
                    let received = client.receive(&sealed.link).await;
                    let heard = liar.told() > 0;
                    outcome.add(lie, heard, received.judge(&sealed.files, &sealed.honest));
                }
                outcome
            })
        })
        .collect();
    tasks.await;
    let mut all = Outcome::default();
    for task in running {
        all.join(task.await.expect("a task ends"));
    }
    all
}

/// A seeded choice of at most this many.
fn some(mut lies: Vec<Mutation>, most: usize) -> Vec<Mutation> {
    let mut chance = Seeded::new(SEED);
    while lies.len() > most {
        lies.swap_remove(chance.below(lies.len()));
    }
    lies
}

/// A file of three records, with the same file sealed another time and another file of its length.
async fn three_records(server: &TestServer) -> (Rc<Sealed>, Recording, Recording) {
    let files = one_file("minutes.txt", content(0, 600_000));
    let sealed = Rc::new(server.seal(&files).await);
    let older = server.seal(&files).await.recording;
    let other = server
        .seal(&one_file("minutes.txt", content(9, 600_000)))
        .await
        .recording;
    (sealed, older, other)
}

fn many_small(seed: u8, count: usize, name_len: usize) -> Files {
    let name = |n: usize| format!("{n:03}-{}.txt", "n".repeat(name_len));
    (0..count).map(|n| (name(n), content(seed ^ n as u8, 40 + n))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d05_c05_hostile_bucket_never_passes_what_was_not_sealed() {
    let server = TestServer::start();
    let (sealed, older, other) = three_records(&server).await;
    let lies = mutations_of_objects(&sealed.recording, &other, &older, 200, SEED);
    tell(&sealed, lies, None)
        .await
        .expect_nothing_wrong("a file of three records");

    let many = Rc::new(server.seal(&many_small(1, 260, 200)).await);
    assert_eq!(many.recording.objects().len(), 2, "a list and a pack");
    let twin = server.seal(&many_small(2, 260, 200)).await.recording;
    let lies = some(mutations_of_objects(&many.recording, &twin, &older, 100, SEED), 900);
    tell(&many, lies, None)
        .await
        .expect_nothing_wrong("a list and a pack of 260 files");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d05_hostile_bucket_cannot_mix_ranges() {
    let server = TestServer::start();
    let files = one_file("film.bin", content(3, (10 << 20) + 700_000));
    let sealed = Rc::new(server.seal(&files).await);
    let lies = mutations_of_objects(
        &sealed.recording,
        &Recording::default(),
        &Recording::default(),
        10,
        SEED,
    );
    let (way, stored): (Vec<_>, Vec<_>) = lies.into_iter().partition(|lie| lie.site == Site::Range);
    let lies = [way, some(stored, 90)].concat();
    tell(&sealed, lies, None)
        .await
        .expect_nothing_wrong("a file of two ranges");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c04_c06_c09_c10_hostile_api_never_passes_what_was_not_sealed() {
    let server = TestServer::start();
    let (sealed, _, other) = three_records(&server).await;
    let lies = mutations_of_answers(&sealed.recording, &other);
    tell(&sealed, lies, None)
        .await
        .expect_nothing_wrong("answers about a file");

    // With a list among the objects, each place on it counts.
    let many = Rc::new(server.seal(&many_small(1, 260, 200)).await);
    let twin = server.seal(&many_small(2, 260, 200)).await.recording;
    let (payload, rest): (Vec<_>, Vec<_>) = mutations_of_answers(&many.recording, &twin)
        .into_iter()
        .partition(|lie| lie.what.starts_with("/payload differs"));
    let lies = [rest, some(payload, 60)].concat();
    tell(&many, lies, None)
        .await
        .expect_nothing_wrong("answers about 260 files");
}

/// A link with a password: how the password is stretched stands in the link, so no answer can make it cheaper to guess; what
/// the answers say about the sealed payload is as little believed as without one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c09_s04_hostile_api_about_a_guarded_link() {
    let server = TestServer::start();
    let files = one_file("minutes.txt", content(0, 60_000));
    let guarded = Rc::new(server.seal_with(&files, Some("a long password")).await);
    let other = server.seal_with(&files, Some("a long password")).await.recording;
    let (sealed, rest): (Vec<_>, Vec<_>) = mutations_of_answers(&guarded.recording, &other)
        .into_iter()
        .filter(|lie| lie.site == Site::Open)
        .partition(|lie| lie.what.starts_with("/payload differs"));
    let lies = [rest, some(sealed, 40)].concat();
    tell(&guarded, lies, None)
        .await
        .expect_nothing_wrong("answers about a guarded link");
}

/// What the lists must hold, whatever becomes of them. (Only records of one length swap: there are such in a longer file.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d05_hostile_lists_hold_every_kind() {
    let server = TestServer::start();
    let (sealed, older, other) = three_records(&server).await;
    let lies = [
        mutations_of_objects(&sealed.recording, &other, &older, 10, SEED),
        mutations_of_answers(&sealed.recording, &other),
    ]
    .concat();
    for kind in [
        "record 1 dropped",
        "record 1 empty",
        "record 1 doubled",
        "record 1 in the place of 0",
        "cut off at",
        "bytes too many",
        "record 1 of an older sealing's",
        "record 1 of another link's",
        "the header of another link's",
        "header byte 8 = 0",
        "only 2 records, as the header says, and the API agrees",
        "content-range",
        "a range that begins",
        "content-disposition",
        "/payload is of version 0",
        "/payload is of suite 2",
        "/payload is another link's",
        "/rev is",
        "/urls/0/sealed_len is",
        "/urls/0/url leads to",
        "/urls/0/etag",
        "status 200",
        "the answer of another link",
    ] {
        let told = lies.iter().filter(|lie| lie.what.contains(kind)).count();
        assert!(told > 0, "no lie of the kind {kind:?}");
    }
    println!("hostile, {} lies about one file of three records", lies.len());
}

/// A lie in one answer only: the client may ask again and get the truth, or give up; it must not accept both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d05_hostile_once_then_honest() {
    let server = TestServer::start();
    let (sealed, older, other) = three_records(&server).await;
    let mut lies = [
        some(mutations_of_objects(&sealed.recording, &other, &older, 50, SEED), 250),
        some(mutations_of_answers(&sealed.recording, &other), 150),
    ]
    .concat();
    lies.iter_mut().for_each(|lie| lie.once = true);
    let outcome = tell(&sealed, lies, None).await;
    outcome.expect_nothing_wrong("told once");
    assert!(outcome.right > 0, "some are overcome");
}

/// The suite itself: three clients that leave a check out, and each is caught believing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d05_hostile_suite_finds_planted_weaknesses() {
    let server = TestServer::start();
    let (sealed, older, other) = three_records(&server).await;
    let planted = |kind| Weakness {
        kind,
        truth: Rc::new(sealed.honest.knowledge()),
        recording: Rc::new(sealed.recording.clone()),
    };
    let lies = some(mutations_of_objects(&sealed.recording, &other, &older, 100, SEED), 160);
    let without = tell(&sealed, lies.clone(), Some(planted(Kind::Neither))).await;
    println!(
        "hostile, a client that checks nothing: {} of {} believed",
        without.wrong.len(),
        without.told
    );
    assert!(without.wrong.len() > 40, "only {} were found", without.wrong.len());
    // Where only the tags are left out, the root of all of them stands behind.
    let behind = tell(&sealed, lies, Some(planted(Kind::Root))).await;
    assert_eq!(behind.wrong, Vec::<String>::new(), "tag_root holds");

    // Who holds the key can make tags that are right: there only the root is left.
    let stored = &sealed.recording.objects()[0];
    let known = sealed.honest.knowledge();
    let first = known.get(&(stored.path.clone(), 0)).expect("it was read");
    let again = vec![sealed_again(first, stored, 0)];
    tell(&sealed, again.clone(), None)
        .await
        .expect_nothing_wrong("sealed again");
    let without = tell(&sealed, again, Some(planted(Kind::Tags))).await;
    assert_eq!(
        without.wrong.len(),
        1,
        "a client without the root believes it: {without:?}"
    );
}
