//! The list of what this machine sent.

use crate::installation::RunningInstallation;

#[test]
fn sent_links_are_listed_without_their_keys() {
    let installation = RunningInstallation::new();
    let none = installation.run(["links"]);
    assert!(none.code == 0 && none.out.is_empty(), "{none:?}");
    assert_eq!(installation.run(["links", "--json"]).out.trim(), "[]");

    let file = installation.file("secret plans.txt", b"x");
    let first = installation.send(["--downloads".as_ref(), "1".as_ref(), file.as_os_str()]);
    let second = installation.send([&file]);
    assert_eq!(installation.receive(&first, "out").code, 0);
    let said = installation.run(["links"]);
    assert_eq!((said.code, said.out.lines().count()), (0, 2), "{said:?}");
    let all = format!("{}{}", said.out, said.err);
    for link in [&first, &second] {
        let (address, key) = link.split_once('#').expect("a key");
        let id = address.rsplit('/').next().expect("an id");
        assert!(said.out.contains(id) && !all.contains(key), "{said:?}");
    }
    assert!(!all.contains("secret plans"), "names are not kept: {said:?}");
    assert!(said.out.contains("active, 0 of 10 downloads used"), "{said:?}");
    assert!(
        said.out.contains("all downloads used, 1 of 1 download used"),
        "{said:?}"
    );
    assert!(said.err.contains("is not kept"), "{said:?}");

    let json = installation.run(["links", "--json"]).out;
    assert!(
        json.contains(r#""state":"exhausted""#) && json.contains(r#""used":1"#),
        "{json}"
    );
    assert!(
        json.contains(r#""state":"active""#) && !json.contains("owner_token"),
        "{json}"
    );
}
