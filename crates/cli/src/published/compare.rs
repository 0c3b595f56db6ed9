//! Fetches the pages and all files, and compares.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, RandomState},
    sync::Arc,
};

use tokio::task::JoinSet;

use super::{
    difference::{Difference, Found, Kind},
    digest::sha256,
    headers,
    manifest::{Manifest, ManifestFile},
    shell,
    visit::{Answer, Unreachable, Visit},
};
use crate::text::escape;

/// A page at most, in bytes.
const MAX_PAGE: u64 = 2 << 20;
/// Requests at a time, as a browser makes them.
const AT_ONCE: usize = 6;
/// Where a server shows its manifest.
const MANIFEST_PATH: &str = "/manifest-sha256.json";
const MAX_MANIFEST: u64 = 4 << 20;

/// Of one answer: what differs, or that there was none.
type Looked = (String, Result<Vec<Difference>, Unreachable>, Vec<String>);

/// Compares what a server serves with a manifest. `link` is the path of a page of a link to look at; without it, one is made up.
pub(crate) async fn compare(visit: &Visit, manifest: Manifest, link: Option<&str>) -> Found {
    let mut found = Found::default();
    let link = link.map_or_else(made_up_link, ToOwned::to_owned);
    let mut pages: Vec<String> = manifest
        .pages
        .iter()
        .map(|path| if path.contains(':') { link.clone() } else { path.clone() })
        .collect();
    // A link whose `#` a mail program has changed, and a page that is not there.
    pages.extend([format!("{link}%23"), made_up_link().replacen("/d", "", 1)]);
    found.pages = pages.len();
    found.files = manifest.files.len();
    let manifest = Arc::new(manifest);
    let mut builds = BTreeMap::new();
    for path in pages {
        let (differences, talks, build) = page(visit, &manifest, &path).await;
        if let Some(build) = build.filter(|build| *build != manifest.build) {
            builds.entry(build).or_insert(path.clone());
        }
        note(&mut found, (path, differences, talks));
    }
    for (build, path) in builds {
        let text = format!(
            "it is of build {}, the manifest of build {}",
            escape(&build),
            manifest.build
        );
        found.differences.push(Difference::new(&path, Kind::Build, text));
    }
    let mut tasks = JoinSet::new();
    for one in manifest.files.clone() {
        if tasks.len() >= AT_ONCE
            && let Some(Ok(looked)) = tasks.join_next().await
        {
            note(&mut found, looked);
        }
        let visit = visit.clone();
        tasks.spawn(async move { (one.path.clone(), file(&visit, &one).await, Vec::new()) });
    }
    while let Some(looked) = tasks.join_next().await {
        if let Ok(looked) = looked {
            note(&mut found, looked);
        }
    }
    let shown = shown_manifest(visit, &manifest).await;
    note(&mut found, (MANIFEST_PATH.to_owned(), shown, Vec::new()));
    found
        .differences
        .sort_by(|one, other| (one.kind, &one.path).cmp(&(other.kind, &other.path)));
    found.may_talk_to.sort_unstable();
    found.may_talk_to.dedup();
    found
}

fn note(found: &mut Found, (path, looked, talks): Looked) {
    match looked {
        Ok(differences) => found.differences.extend(differences),
        Err(Unreachable(why)) => found.unanswered.push((path, why)),
    }
    found.may_talk_to.extend(talks);
}

/// What differs in a page, where it may send to, and the build that it names.
async fn page(
    visit: &Visit,
    manifest: &Manifest,
    path: &str,
) -> (Result<Vec<Difference>, Unreachable>, Vec<String>, Option<String>) {
    let answer = match visit.page(path, MAX_PAGE).await {
        Ok(answer) => answer,
        Err(why) => return (Err(why), Vec::new(), None),
    };
    let one = |kind: Kind, text: String| vec![Difference::new(path, kind, text)];
    let (found, talks, build) = match answer {
        Answer::Whole {
            headers: head, body, ..
        } => match std::str::from_utf8(&body) {
            Ok(text) => {
                let page = shell::differences(text, manifest)
                    .into_iter()
                    .map(|why| Difference::new(path, Kind::Page, why));
                let head_differs = headers::differences(&head)
                    .into_iter()
                    .map(|why| Difference::new(path, Kind::Headers, why));
                (
                    page.chain(head_differs).collect(),
                    headers::may_talk_to(&head),
                    shell::build_of(text),
                )
            }
            Err(_) => (one(Kind::Page, "it is no UTF-8".to_owned()), Vec::new(), None),
        },
        Answer::TooLong => (
            one(Kind::Page, "it is too long to be the published one".to_owned()),
            Vec::new(),
            None,
        ),
        Answer::Garbled(why) => (one(Kind::Page, escape(&why)), Vec::new(), None),
        Answer::Elsewhere(to) => (
            one(Kind::Redirect, format!("it leads to {}", escape(&to))),
            Vec::new(),
            None,
        ),
    };
    (Ok(found), talks, build)
}

async fn file(visit: &Visit, wanted: &ManifestFile) -> Result<Vec<Difference>, Unreachable> {
    let found = match visit.file(&wanted.path, wanted.bytes).await? {
        Answer::Whole { status, body, .. } if status.is_success() => {
            let digest = sha256(&body);
            (digest != wanted.sha256).then(|| {
                (
                    Kind::File,
                    format!("SHA-256 is {digest}, of the release {}", escape(&wanted.sha256)),
                )
            })
        }
        Answer::Whole { status, .. } => Some((Kind::Missing, format!("status {}", status.as_u16()))),
        Answer::TooLong => Some((
            Kind::File,
            format!("it is longer than the {} bytes of the release", wanted.bytes),
        )),
        Answer::Garbled(why) => Some((Kind::File, escape(&why))),
        Answer::Elsewhere(to) => Some((Kind::Redirect, format!("it leads to {}", escape(&to)))),
    };
    Ok(found
        .map(|(kind, text)| Difference::new(&wanted.path, kind, text))
        .into_iter()
        .collect())
}

/// A server need not show its manifest, for this program has one; but one that it shows must be the same.
async fn shown_manifest(visit: &Visit, manifest: &Manifest) -> Result<Vec<Difference>, Unreachable> {
    let text = match visit.file(MANIFEST_PATH, MAX_MANIFEST).await? {
        Answer::Whole { status, body, .. } if status.is_success() => {
            let digest = sha256(&body);
            if digest == manifest.digest {
                return Ok(Vec::new());
            }
            format!(
                "SHA-256 is {digest}, of the one that was compared with {}",
                manifest.digest
            )
        }
        _ => "it is not shown".to_owned(),
    };
    Ok(vec![Difference::new(MANIFEST_PATH, Kind::Manifest, text)])
}

/// The path of a link that looks like any other: 16 random bytes in base64url. No server can tell it from one that has ended.
fn made_up_link() -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let random = RandomState::new();
    let letter = |at: usize| char::from(LETTERS.get(at % 64).copied().unwrap_or(b'A'));
    let first: String = (0..21_u8)
        .map(|at| letter(usize::try_from(random.hash_one(at) % 64).unwrap_or(0)))
        .collect();
    let last = letter(16 * usize::try_from(random.hash_one(21_u8) % 4).unwrap_or(0));
    format!("/d/{first}{last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_link_has_the_form_of_one() {
        let link = made_up_link();
        let id = link.strip_prefix("/d/").expect("the path of a link");
        assert!(id.parse::<sealdrop_api::LinkId>().is_ok(), "{id}");
        assert_ne!(link, made_up_link());
    }
}
