//! `sealdrop-server takedown`, beside a server that runs.

use sealdrop_api::{
    ProblemType,
    links::{GetLink, LinkState, OpenLink},
};

use crate::{
    harness::{Result, Server, files, problem},
    life::{run, text},
    transfer::send,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o34_a_reported_link_is_removed_and_its_key_is_nowhere() -> Result {
    let server = Server::start().await?;
    let sent = send(&server, b"what was reported", b"{}", 3).await?;
    let link_id = sent.link_id;
    let (key, reported) = ("1.kEy-0f-tHe-l1nk", format!("{}/d/{link_id}", server.base));
    let loud = [("SEALDROP_LOG", "trace"), ("SEALDROP_LOG_FORMAT", "json")];
    let done = run(
        &server.data(),
        &["takedown", &format!("{reported}#{key}"), "--json"],
        &loud,
    )?;
    let (said, logged) = (text(&done.stdout), text(&done.stderr));
    assert!(done.status.success(), "{said}{logged}");
    let said: serde_json::Value = serde_json::from_str(&said)?;
    assert_eq!(said["link_id"], link_id.to_string());
    assert_eq!(
        (&said["changed"], &said["was"]),
        (&true.into(), &"active".into()),
        "{said}"
    );
    assert_eq!(said["sealed_bytes"], sent.object_len);

    let open = OpenLink {
        link_id,
        body: sent.proof(),
    };
    let refused = problem(server.call(&open, None).await?).await?;
    assert_eq!((refused.kind, refused.status), (ProblemType::LinkRemoved, 410));
    let status = server.ask(&GetLink { link_id }, Some(&sent.token)).await?;
    assert_eq!(status.state, LinkState::Removed);

    let again = run(&server.data(), &["takedown", &link_id.to_string()], &[])?;
    assert!(again.status.success(), "it may be repeated: {}", text(&again.stderr));
    assert!(
        text(&again.stdout).contains("was removed before"),
        "{}",
        text(&again.stdout)
    );
    let listed = run(&server.data(), &["audit", "list", "--json"], &[])?;
    assert_eq!(text(&listed.stdout).matches("link-takedown").count(), 1);

    let unknown = run(
        &server.data(),
        &["takedown", "https://x.test/d/AAAAAAAAAAAAAAAAAAAAAA#1.kEy-0f-tHe-l1nk"],
        &loud,
    )?;
    assert_eq!(unknown.status.code(), Some(1));
    let wrong = run(
        &server.data(),
        &["takedown", "https://x.test/#1.kEy-0f-tHe-l1nk"],
        &loud,
    )?;
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        text(&wrong.stderr).contains("this is no link"),
        "{}",
        text(&wrong.stderr)
    );
    for output in [&done, &again, &unknown, &wrong, &listed] {
        for said in [text(&output.stdout), text(&output.stderr)] {
            assert!(!said.contains(key), "the key is repeated: {said}");
        }
    }
    // What a worker deletes is gone by now, or goes while it is looked at: what is gone holds no key.
    let folder = server.stop_and_keep().await;
    for file in files(folder.path())? {
        let bytes = match std::fs::read(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            read => read?,
        };
        assert!(
            !bytes.windows(key.len()).any(|found| found == key.as_bytes()),
            "{}",
            file.display()
        );
    }
    Ok(())
}
