//! File systems that know no hard links and no renaming that spares what is there.

use std::{fs, process::Stdio};

use crate::installation::{CommandOutput, RunningInstallation, content, names};

/// Runs a command for which the kernel answers EIO to some calls, as file systems of other programs do.
const REFUSING: &str = r#"
import ctypes, errno, os, struct, sys
known = {
    "x86_64": dict(arch=0xC000003E, rename=82, renameat=264, renameat2=316, link=86, linkat=265),
    "aarch64": dict(arch=0xC00000B7, renameat=38, renameat2=276, linkat=37),
}
machine = os.uname().machine
if machine not in known:
    sys.exit(77)
numbers = known[machine]
LD, JEQ, RET = 0x20, 0x15, 0x06
refuse = struct.pack("HBBI", RET, 0, 0, 0x00050000 | errno.EIO)
allow = struct.pack("HBBI", RET, 0, 0, 0x7FFF0000)
program = [struct.pack("HBBI", LD, 0, 0, 0)]
for name in sys.argv[1].split(","):
    sparing = name == "renameat2-sparing"
    number = numbers.get("renameat2" if sparing else name)
    if number is None:
        continue
    if sparing:
        # Only with a flag: without one it is the plain call.
        program += [struct.pack("HBBI", JEQ, 0, 4, number), struct.pack("HBBI", LD, 0, 0, 48),
                    struct.pack("HBBI", JEQ, 1, 0, 0), refuse, allow]
    else:
        program += [struct.pack("HBBI", JEQ, 0, 1, number), refuse]
program.append(allow)
code = ctypes.create_string_buffer(b"".join(program))
fprog = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, fprog, 0, 0):
    sys.exit(77)
os.execv(sys.argv[2], sys.argv[2:])
"#;

fn refusing(installation: &RunningInstallation, calls: &str, arguments: &[&str]) -> CommandOutput {
    let output = installation
        .under(
            "python3",
            ["-c", REFUSING, calls, env!("CARGO_BIN_EXE_sealdrop")]
                .iter()
                .chain(arguments),
        )
        .stdin(Stdio::null())
        .output();
    CommandOutput::from(output.expect("python3 runs"))
}

#[test]
fn x34_files_get_their_names_without_sparing_renames_and_without_hard_links() {
    let installation = RunningInstallation::new();
    installation.file("tree/a.bin", &content(3_000_000));
    installation.file("tree/inner/b", b"words");
    let (link, one) = (installation.send(["tree"]), installation.send(["tree/inner/b"]));
    for calls in ["renameat2-sparing", "renameat2-sparing,link,linkat"] {
        let out = format!("out-{}", calls.len());
        let said = refusing(&installation, calls, &["receive", &link, "-o", &out]);
        assert_ne!(said.code, 77, "no filter for system calls here");
        said.ended_well();
        // What is there is spared all the same.
        refusing(&installation, calls, &["receive", &link, "-o", &out]).ended_well();
        assert_eq!(names(&installation.path(&out)), ["tree", "tree (2)"]);
        assert_eq!(
            names(&installation.path(&format!("{out}/tree (2)"))),
            ["a.bin", "inner"]
        );
        for _ in 0..2 {
            refusing(&installation, calls, &["receive", &one, "-o", &out]).ended_well();
        }
        assert_eq!(names(&installation.path(&out)), ["b", "b (2)", "tree", "tree (2)"]);
        assert_eq!(
            fs::read(installation.path(&format!("{out}/tree (2)/a.bin"))).expect("it is there"),
            content(3_000_000)
        );
    }
}

#[test]
fn x34_where_no_file_can_get_a_name_nothing_is_downloaded() {
    let installation = RunningInstallation::new();
    installation.file("a.bin", &content(3_000_000));
    let link = installation.send(["a.bin"]);
    let calls = "rename,renameat,renameat2,link,linkat";
    let said = refusing(&installation, calls, &["receive", &link, "-o", "out"]);
    said.ended(1, "Nothing was downloaded or counted");
    assert!(said.err.contains("rename"), "{said:?}");
    assert!(names(&installation.path("out")).is_empty(), "{said:?}");
    let counted = installation.run(["info", &link, "--json"]);
    assert!(counted.out.contains(r#""downloads_left":10"#), "{counted:?}");
}
