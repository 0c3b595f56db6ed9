//! `sealdrop verify`: whether a server serves the published page to a visitor who is new to it.

use std::io::{self, Write};

use serde::Serialize;
use url::Url;

use crate::{
    args::VerifyArguments,
    failure::Failure,
    platform::server_url::parse_server,
    published::{CannotRead, Difference, Found, Kind, Manifest, Visit, compare},
    terminal::{
        progress_bar::say,
        streams::{self, Pieces},
    },
    text::escape,
};

/// Exit code: something differs.
const DIFFERS: u8 = 6;
/// Exit code: not everything could be asked.
const UNREACHABLE: u8 = 3;
/// Differences that are printed in words; JSON has all.
const MOST_PRINTED: usize = 20;

/// What `--json` prints. Its keys are stable.
#[derive(Serialize)]
struct Report<'a> {
    server: &'a str,
    published: bool,
    build: &'a str,
    manifest_sha256: &'a str,
    pages: usize,
    files: usize,
    may_talk_to: &'a [String],
    differences: &'a [Difference],
    unanswered: Vec<Unanswered<'a>>,
}

#[derive(Serialize)]
struct Unanswered<'a> {
    path: &'a str,
    why: &'a str,
}

pub(crate) async fn verify(arguments: VerifyArguments) -> Result<(), Failure> {
    let (origin, link) = read_address(&arguments.url)?;
    let manifest = match &arguments.manifest {
        Some(path) => Manifest::read(path),
        None => Manifest::carried(),
    };
    let manifest = manifest.map_err(|error| match error {
        CannotRead::NotCarried => Failure::other(error.to_string()),
        CannotRead::File(_) | CannotRead::Wrong(_) => Failure::usage(escape(&error.to_string())),
    })?;
    let (build, digest) = (manifest.build.clone(), manifest.digest.clone());
    let visit = Visit::new(origin.clone()).map_err(|error| Failure::other(error.to_string()))?;
    let server = origin.origin().ascii_serialization();
    let found = compare(&visit, manifest, link.as_deref()).await;
    let mut out = Pieces::buffered();
    let written = if arguments.json {
        let report = Report {
            server: &server,
            published: found.differences.is_empty() && found.unanswered.is_empty(),
            build: &build,
            manifest_sha256: &digest,
            pages: found.pages,
            files: found.files,
            may_talk_to: &found.may_talk_to,
            differences: &found.differences,
            unanswered: found
                .unanswered
                .iter()
                .map(|(path, why)| Unanswered { path, why })
                .collect(),
        };
        serde_json::to_writer(&mut out, &report)
            .map_err(io::Error::from)
            .and_then(|()| out.write_all(b"\n"))
    } else {
        write_words(&mut out, &found, &build, &digest)
    };
    written
        .and_then(|()| out.flush())
        .map_err(|error| streams::cannot_write(&error))?;
    verdict(&server, &found)
}

/// The origin to ask, and the path of a link if the address is one. What stands behind `#` is the key: it is dropped first.
fn read_address(text: &str) -> Result<(Url, Option<String>), Failure> {
    let wrong =
        || Failure::usage("This is not the address of a server: add http:// or https://, for example https://host.");
    let mut url = parse_server(text).ok_or_else(wrong)?;
    // A mail program may have written `#` in another way.
    let path = url.path().to_owned();
    let (path, escaped) = path
        .split_once("%23")
        .map_or((path.as_str(), None), |(path, key)| (path, Some(key)));
    if url.fragment().is_some() || escaped.is_some() {
        say("The part after # is the key of a link. It is not needed here, and was not sent.");
    }
    let link = path
        .strip_prefix("/d/")
        .filter(|id| id.parse::<sealdrop_api::LinkId>().is_ok());
    let link = link.map(|id| format!("/d/{id}"));
    url.set_path("/");
    url.set_fragment(None);
    url.set_query(None);
    // Names and passwords in front of a host are for no page of ours.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok((url, link))
}

fn write_words(out: &mut impl Write, found: &Found, build: &str, digest: &str) -> io::Result<()> {
    writeln!(out, "Compared with build {}, manifest SHA-256 {digest}", escape(build))?;
    writeln!(out, "Pages: {}  Files: {}", found.pages, found.files)?;
    let mut last: Option<Kind> = None;
    for difference in found.differences.iter().take(MOST_PRINTED) {
        if last != Some(difference.kind) {
            writeln!(out, "\n{}", difference.kind.meaning())?;
            last = Some(difference.kind);
        }
        writeln!(out, "  {}: {}", escape(&difference.path), difference.text)?;
    }
    if found.differences.len() > MOST_PRINTED {
        writeln!(
            out,
            "  … and {} more: --json prints all",
            found.differences.len() - MOST_PRINTED
        )?;
    }
    for (path, why) in found.unanswered.iter().take(MOST_PRINTED) {
        writeln!(out, "No answer for {}: {}", escape(path), escape(why))?;
    }
    if !found.may_talk_to.is_empty() {
        let places: Vec<String> = found.may_talk_to.iter().map(|place| escape(place)).collect();
        writeln!(
            out,
            "The pages may send data to the server and to: {}",
            places.join(" ")
        )?;
    }
    Ok(())
}

fn verdict(server: &str, found: &Found) -> Result<(), Failure> {
    if !found.differences.is_empty() {
        let of = found.differences.len();
        let differences = if of == 1 {
            "1 difference".to_owned()
        } else {
            format!("{of} differences")
        };
        return Err(Failure::new(
            DIFFERS,
            format!(
                "{server} does not serve the published page: {differences}. Do not use its page until you know why; \
                 the command line does not use it."
            ),
        ));
    }
    if !found.unanswered.is_empty() {
        return Err(Failure::new(
            UNREACHABLE,
            format!(
                "{server} could not be compared: {} of {} answers did not come.",
                found.unanswered.len(),
                found.pages + found.files + 1
            ),
        ));
    }
    say(&format!(
        "{server} serves the published page, to this program and now. It could serve another page to others."
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_link_is_never_part_of_what_is_asked() {
        for text in [
            "https://u:p@host.test/d/AAAAAAAAAAAAAAAAAAAAAA?x=1#KEY",
            "https://host.test/d/AAAAAAAAAAAAAAAAAAAAAA%23KEY",
        ] {
            let (origin, link) = read_address(text).expect("an address");
            assert_eq!(origin.as_str(), "https://host.test/");
            assert_eq!(link.as_deref(), Some("/d/AAAAAAAAAAAAAAAAAAAAAA"));
        }
        assert_eq!(
            read_address("https://host.test/security#x").expect("an address").1,
            None
        );
        assert_eq!(read_address("host.test").expect_err("no scheme").code, 2);
    }
}
