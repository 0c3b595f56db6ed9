//! Being signed in. Codes come by the memory transport of the server, as on a first run.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::installation::{CommandOutput, RunningInstallation, names};

/// How long a mail may take before a test fails that waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A machine of a user: the command line with a state folder of its own.
struct Machine<'a> {
    installation: &'a RunningInstallation,
    state: PathBuf,
}

impl<'a> Machine<'a> {
    fn new(installation: &'a RunningInstallation, name: &str) -> Self {
        let state = installation.path(name);
        Self { installation, state }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.installation.command(arguments);
        command.env("SEALDROP_STATE", &self.state);
        command
    }

    fn run(&self, arguments: &[&str]) -> CommandOutput {
        CommandOutput::from(self.command(arguments).output().expect("it starts"))
    }

    fn run_with(&self, input: &str, arguments: &[&str]) -> CommandOutput {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut typed = child.stdin.take().expect("its input is ours");
        // It may have ended before it reads.
        let _ = typed.write_all(input.as_bytes());
        drop(typed);
        CommandOutput::from(child.wait_with_output().expect("it ends"))
    }

    /// Signs in by a code; `before` is typed before the right one.
    fn login(&self, email: &str, before: &str, more: &[&str]) -> CommandOutput {
        let known = mails(self.installation).into_iter().map(|mail| mail.0).collect();
        let arguments = [&["login"], more].concat();
        let mut child = self
            .command(&arguments)
            .stdin(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut typed = child.stdin.take().expect("its input is ours");
        typed.write_all(format!("{email}\n").as_bytes()).expect("it reads");
        let code = code_for(self.installation, email, &known);
        let wrong = if code.ends_with('0') { "1" } else { "0" };
        let before = before.replace("WRONG", &format!("{}{wrong}", &code[..7]));
        typed
            .write_all(format!("{before}{code}\n").as_bytes())
            .expect("it reads");
        drop(typed);
        CommandOutput::from(child.wait_with_output().expect("it ends"))
    }

    /// The file with the access token, and the token.
    fn kept(&self) -> (PathBuf, String) {
        let folder = self.state.join("accounts");
        let [name] = names(&folder).try_into().expect("one server");
        let path = folder.join(&name);
        let kept: Value = serde_json::from_slice(&fs::read(&path).expect("it is there")).expect("JSON");
        let token = kept["token"].as_str().expect("a token").to_owned();
        (path, token)
    }
}

/// Id, address and text of the mails in the server's memory.
fn mails(installation: &RunningInstallation) -> Vec<(String, String, String)> {
    let said = installation.server_tool(&["mail", "--json"]);
    let mails: Vec<Value> = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
    let text = |mail: &Value, key| mail[key].as_str().expect("text").to_owned();
    let read = |mail: &Value| (text(mail, "id"), text(mail, "to"), text(mail, "text"));
    mails.iter().map(read).collect()
}

/// The code of a mail that was not there before.
fn code_for(installation: &RunningInstallation, email: &str, known: &BTreeSet<String>) -> String {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        let new = mails(installation)
            .into_iter()
            .find(|(id, to, _)| to == email && !known.contains(id));
        if let Some((_, _, text)) = new {
            let line = text
                .lines()
                .find(|line| line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_digit()));
            return line.expect("a code").to_owned();
        }
    }
    panic!("no mail for {email}");
}

#[test]
fn r27_a_code_signs_in_and_logout_ends_the_token_on_the_server() {
    let installation = RunningInstallation::new();
    let laptop = Machine::new(&installation, "laptop");
    laptop
        .run(&["whoami"])
        .ended(1, "`sealdrop login --server http://127.0.0.1");
    laptop.run(&["logout"]).ended_well();
    let said = laptop.login("Ann@x.test", "WRONG\n", &["--name", "laptop"]);
    said.ended_well();
    assert!(said.err.contains("A code was sent to Ann@x.test"), "{said:?}");
    assert!(said.err.contains("Wrong code. 4 tries left."), "{said:?}");
    assert!(
        said.err
            .contains(&format!("Signed in to {} as Ann@x.test.", installation.address)),
        "{said:?}"
    );
    assert!(said.out.is_empty(), "{said:?}");
    let (path, token) = laptop.kept();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let rights = fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(rights & 0o777, 0o600);
    }
    let who = laptop.run(&["whoami"]);
    who.ended_well();
    for words in [
        "Ann@x.test",
        &installation.address,
        "free, 0 B of 10.0 GB used",
        "laptop",
        "send, read, manage",
    ] {
        assert!(who.out.contains(words), "{words}: {who:?}");
    }
    let json: Value = serde_json::from_str(&laptop.run(&["whoami", "--json"]).out).expect("JSON");
    assert_eq!(
        (&json["email"], &json["plan"], &json["used_bytes"]),
        (&"Ann@x.test".into(), &"free".into(), &0.into())
    );
    assert_eq!(json["token"]["scopes"], serde_json::json!(["send", "read", "manage"]));
    // Another state folder is another machine.
    Machine::new(&installation, "desktop")
        .run(&["whoami"])
        .ended(1, "not signed in");

    let copy = fs::read(&path).expect("it is there");
    let out = laptop.run(&["logout"]);
    out.ended_well();
    assert!(out.err.contains("Signed out of") && !path.exists(), "{out:?}");
    laptop.run(&["whoami"]).ended(1, "not signed in");
    // The token itself is dead, and a dead one does not send as a guest.
    fs::write(&path, copy).expect("it is ours");
    let file = installation.file("a", b"words");
    let file = file.to_str().expect("text");
    let again = format!("Sign in again with `sealdrop login --server {}`.", installation.address);
    let whoami = laptop.run(&["whoami"]);
    whoami.ended(1, &again);
    let send = laptop.run(&["send", file]);
    send.ended(1, &again);
    assert!(send.out.is_empty() && installation.stored().is_empty(), "{send:?}");
    laptop.run(&["send", "--guest", file]).ended_well();
    laptop.run(&["logout"]).ended_well();
    laptop.run(&["send", file]).ended_well();
    for said in [said, who, whoami, send, out] {
        assert!(!format!("{said:?}").contains(&token[3..]), "{said:?}");
    }
    let log = fs::read_to_string(installation.path("server.log")).expect("it is there");
    assert!(!log.contains(&token[3..]), "{log}");
}

#[test]
fn r27_a_token_is_read_from_standard_input_and_never_shown() {
    let installation = RunningInstallation::new();
    let (laptop, desktop) = (
        Machine::new(&installation, "laptop"),
        Machine::new(&installation, "desktop"),
    );
    laptop.login("ann@x.test", "\n", &["--scopes", "send"]).ended_well();
    let token = laptop.kept().1;
    let said = desktop.run_with(&format!("{token}\n"), &["login", "--token"]);
    said.ended_well();
    assert!(!format!("{said:?}").contains(&token[3..]), "{said:?}");
    assert_eq!(desktop.kept().1, token);
    // It may send and not look: which scope is missing is said.
    desktop.run(&["whoami"]).ended(1, "lacks the scope `read`");
    let file = installation.file("a", b"words");
    desktop.run(&["send", file.to_str().expect("text")]).ended_well();
    // What is none is not kept, and not repeated.
    let other = Machine::new(&installation, "other");
    let dead = format!("sd_{}A", &token[4..46].chars().rev().collect::<String>()[..42]);
    for (input, words) in [
        ("", "no access token on standard input"),
        ("my secret\n", "not an access token"),
        (dead.as_str(), "access token"),
    ] {
        let said = other.run_with(input, &["login", "--token"]);
        assert!(said.code != 0 && said.err.contains(words), "{input}: {said:?}");
        assert!(!said.err.contains("my secret") && !said.err.contains(&dead), "{said:?}");
        other.run(&["whoami"]).ended(1, "not signed in");
    }
    // Without anybody who types, it ends and says so.
    other.run_with("", &["login"]).ended(2, "An email address is needed");
    other
        .run_with("", &["login", "--email", "bob@x.test"])
        .ended(2, "The code is needed");
    other
        .run_with("", &["login", "--email", "bob"])
        .ended(2, "an email address, such as");
    other.run_with("", &["login", "--scopes", "everything"]).ended(2, "");
    // A new sign-in ends the token before it.
    laptop.login("ann@x.test", "", &[]).ended_well();
    desktop.run(&["whoami"]).ended(1, "Sign in again");
}

#[test]
fn a_server_that_is_gone_keeps_who_is_signed_in() {
    let mut installation = RunningInstallation::new();
    Machine::new(&installation, "laptop")
        .login("ann@x.test", "", &[])
        .ended_well();
    installation.kill();
    let laptop = Machine::new(&installation, "laptop");
    laptop.run(&["logout"]).ended(3, "You are still signed in.");
    assert!(laptop.kept().0.exists());
    laptop.run(&["logout", "--local"]).ended_well();
    assert_eq!(names(&installation.path("laptop/accounts")), [""; 0]);
}

#[test]
fn r27_a_login_ends_links_of_the_account_and_a_token_that_reads_does_not() {
    let installation = RunningInstallation::new();
    let (laptop, desktop) = (
        Machine::new(&installation, "laptop"),
        Machine::new(&installation, "desktop"),
    );
    let file = installation.file("secret plans.txt", b"words");
    let file = file.to_str().expect("text");
    laptop.login("ann@x.test", "", &[]).ended_well();
    let send = || laptop.run(&["send", file]).link().expect("a link").to_owned();
    let (first, second, third) = (send(), send(), send());
    let id_of = |link: &str| {
        let address = link.split('#').next().expect("an address");
        address.rsplit('/').next().expect("an id").to_owned()
    };

    // Another machine sees them, and does with them what its token may.
    desktop.login("ann@x.test", "", &["--scopes", "read"]).ended_well();
    let said = desktop.run(&["links", "--json"]);
    let listed: Value = serde_json::from_str(&said.out).expect("JSON");
    let ids: Vec<_> = listed
        .as_array()
        .expect("a list")
        .iter()
        .map(|link| link["id"].as_str())
        .collect();
    for link in [&first, &second, &third] {
        assert!(ids.contains(&Some(id_of(link).as_str())), "{said:?}");
    }
    let link = &listed[0];
    assert_eq!(
        (ids.len(), &link["state"], &link["device"], &link["account"]),
        (3, &"active".into(), &false.into(), &true.into())
    );
    assert!(link["sent_at"].is_string(), "{said:?}");
    let said = desktop.run(&["links"]);
    assert!(
        said.out.contains("active, 0 of 10 downloads used") && said.out.contains("of your account"),
        "{said:?}"
    );
    desktop.run(&["revoke", &first]).ended(1, "lacks the scope `manage`");
    laptop.run(&["info", &first]).ended_well();
    desktop.login("ann@x.test", "", &[]).ended_well();
    desktop.run(&["revoke", &id_of(&first)]).ended_well();
    laptop.run(&["info", &first]).ended(4, "");

    // The transfer's own token is enough, whatever the access token may do.
    laptop.login("ann@x.test", "", &["--scopes", "read"]).ended_well();
    laptop.run(&["send", file]).ended(1, "lacks the scope `send`");
    laptop.run(&["revoke", &id_of(&second)]).ended_well();
    let listed: Value = serde_json::from_str(&laptop.run(&["links", "--json"]).out).expect("JSON");
    let third = listed
        .as_array()
        .and_then(|all| all.iter().find(|link| link["id"] == id_of(&third).as_str()));
    let third = third.expect("it is listed once, of both");
    assert_eq!((&third["device"], &third["account"]), (&true.into(), &true.into()));

    // Nobody else's account ends it, and a token that has ended is said after what this machine knows.
    let eve = Machine::new(&installation, "eve");
    eve.login("eve@x.test", "", &[]).ended_well();
    eve.run(&["revoke", &send_as_guest(&laptop, file)])
        .ended(4, "does not know this link");
    let (path, _) = laptop.kept();
    let copy = fs::read(&path).expect("it is there");
    laptop.run(&["logout"]).ended_well();
    fs::write(&path, copy).expect("it is ours");
    let said = laptop.run(&["links"]);
    said.ended(1, "Sign in again with `sealdrop login");
    assert!(said.out.contains("active"), "{said:?}");
}

fn send_as_guest(machine: &Machine<'_>, file: &str) -> String {
    machine
        .run(&["send", "--guest", file])
        .link()
        .expect("a link")
        .to_owned()
}
