use proptest::prelude::*;

use super::{AddressError, EmailAddress};

fn parse(typed: &str) -> EmailAddress {
    EmailAddress::parse(typed).unwrap_or_else(|error| panic!("{typed:?}: {error}"))
}

/// Typed, deliverable, canonical, counted by.
const GOOD: &[[&str; 4]] = &[
    ["ann@x.test", "ann@x.test", "ann@x.test", "ann@x.test"],
    [" ann@x.test\r\n", "ann@x.test", "ann@x.test", "ann@x.test"],
    ["\u{3000}ann@x.test\u{a0}", "ann@x.test", "ann@x.test", "ann@x.test"],
    ["Ann.Lee@X.Test", "Ann.Lee@x.test", "ann.lee@x.test", "ann.lee@x.test"],
    ["annlee@x.test", "annlee@x.test", "annlee@x.test", "annlee@x.test"],
    [
        "Ann+News+2@x.test",
        "Ann+News+2@x.test",
        "ann+news+2@x.test",
        "ann@x.test",
    ],
    ["+ann@x.test", "+ann@x.test", "+ann@x.test", "+ann@x.test"],
    [
        "a@bücher.test",
        "a@xn--bcher-kva.test",
        "a@xn--bcher-kva.test",
        "a@xn--bcher-kva.test",
    ],
    [
        "a@BÜCHER.test",
        "a@xn--bcher-kva.test",
        "a@xn--bcher-kva.test",
        "a@xn--bcher-kva.test",
    ],
    [
        "a@bu\u{308}cher.test",
        "a@xn--bcher-kva.test",
        "a@xn--bcher-kva.test",
        "a@xn--bcher-kva.test",
    ],
    [
        "a@xn--bcher-kva.test",
        "a@xn--bcher-kva.test",
        "a@xn--bcher-kva.test",
        "a@xn--bcher-kva.test",
    ],
    ["a@ｘ。ｔｅｓｔ", "a@x.test", "a@x.test", "a@x.test"],
    [
        "a@straße.test",
        "a@xn--strae-oqa.test",
        "a@xn--strae-oqa.test",
        "a@xn--strae-oqa.test",
    ],
    ["Jürgen@x.test", "Jürgen@x.test", "jürgen@x.test", "jürgen@x.test"],
    [
        "ju\u{308}rgen@x.test",
        "ju\u{308}rgen@x.test",
        "jürgen@x.test",
        "jürgen@x.test",
    ],
    ["ａｎｎ@x.test", "ａｎｎ@x.test", "ann@x.test", "ann@x.test"],
    ["ann＋news@x.test", "ann＋news@x.test", "ann+news@x.test", "ann@x.test"],
    ["ΟΔΟΣ@x.test", "ΟΔΟΣ@x.test", "οδοσ@x.test", "οδοσ@x.test"],
    [
        "o'hara!#$%&*-/=?^_`{|}~@x.test",
        "o'hara!#$%&*-/=?^_`{|}~@x.test",
        "o'hara!#$%&*-/=?^_`{|}~@x.test",
        "o'hara!#$%&*-/=?^_`{|}~@x.test",
    ],
    ["a@3com.test", "a@3com.test", "a@3com.test", "a@3com.test"],
];

#[test]
fn a13_one_form_is_delivered_to_one_finds_the_user_and_one_is_counted() {
    for [typed, deliverable, canonical, limit_key] in GOOD {
        let address = parse(typed);
        assert_eq!(address.deliverable(), *deliverable, "{typed:?}");
        assert_eq!(address.canonical(), *canonical, "{typed:?}");
        assert_eq!(address.limit_key(), *limit_key, "{typed:?}");
    }
}

#[test]
fn a13_what_is_no_address_says_why() {
    use AddressError::{Domain, LocalPart, NotOneAt, TooLong};
    let bad = [
        ("", NotOneAt),
        ("ann", NotOneAt),
        ("ann＠x.test", NotOneAt),
        ("ann@b@x.test", NotOneAt),
        ("@x.test", LocalPart),
        (".ann@x.test", LocalPart),
        ("ann.@x.test", LocalPart),
        ("an..n@x.test", LocalPart),
        ("an n@x.test", LocalPart),
        ("\"ann\"@x.test", LocalPart),
        ("Ann <ann@x.test>", LocalPart),
        ("<ann@x.test>", LocalPart),
        ("bob,ann@x.test", LocalPart),
        ("an\u{0}n@x.test", LocalPart),
        ("ann\r\nRCPT TO:<bob@x.test>", LocalPart),
        ("ann\n@x.test", LocalPart),
        ("ann\u{2028}@x.test", LocalPart),
        ("an\u{200b}n@x.test", LocalPart),
        ("an\u{202e}n@x.test", LocalPart),
        ("ann＠y@x.test", LocalPart),
        ("ann\u{ff0e}@x.test", LocalPart),
        ("ann\u{2025}y@x.test", LocalPart),
        ("ann＜y@x.test", LocalPart),
        ("ann@", Domain),
        ("ann@x", Domain),
        ("ann@localhost", Domain),
        ("ann@x.test.", Domain),
        ("ann@.x.test", Domain),
        ("ann@x..test", Domain),
        ("ann@-x.test", Domain),
        ("ann@x_y.test", Domain),
        ("ann@x.test\r\nBcc: bob@x.test", NotOneAt),
        ("ann@x.test\r\nBcc: bob", Domain),
        ("ann@x\r\n.test", Domain),
        ("ann@x\u{200b}.test", Domain),
        ("ann@127.0.0.1", Domain),
        ("ann@[127.0.0.1]", Domain),
        ("ann@xn--zz.test", Domain),
        ("ann@x.test>", Domain),
    ];
    for (typed, why) in bad {
        assert_eq!(EmailAddress::parse(typed).map(drop), Err(why), "{typed:?}");
    }
    let label = "d".repeat(61);
    let at_most = format!("{}@{label}.{label}.{label}.x", "a".repeat(64));
    assert_eq!(at_most.len(), 252);
    assert_eq!(parse(&format!("{at_most}yz")).deliverable().len(), 254);
    assert_eq!(EmailAddress::parse(&format!("{at_most}xyz")).map(drop), Err(TooLong));
    assert_eq!(
        EmailAddress::parse(&format!("{}@x.test", "a".repeat(65))).map(drop),
        Err(TooLong)
    );
    // Eighteen letters are made of this one.
    assert_eq!(
        EmailAddress::parse(&format!("{}@x.test", "\u{fdfa}".repeat(20))).map(drop),
        Err(TooLong)
    );
    assert_eq!(
        EmailAddress::parse(&format!("a@{label}.{}.test", "d".repeat(64))).map(drop),
        Err(Domain)
    );
}

/// Report 10: letters beyond ASCII in front of the `@` are never turned into those of another mailbox.
#[test]
fn m10_only_the_domain_becomes_ascii() {
    assert!(!parse("a@bücher.test").needs_smtputf8());
    let address = parse("jürgen@bücher.test");
    assert!(address.needs_smtputf8());
    assert_eq!(address.deliverable(), "jürgen@xn--bcher-kva.test");
}

/// Report 12: a rule for `school.test` compares the whole domain.
#[test]
fn m12_domains_are_compared_whole() {
    for typed in ["a@school.test", "a@SCHOOL.test", "a@ｓｃｈｏｏｌ.test"] {
        assert_eq!(parse(typed).domain(), "school.test", "{typed}");
    }
    for typed in [
        "a@evilschool.test",
        "a@sub.school.test",
        "a@school.test.evil.test",
        "school.test@x.test",
        "a@ѕchool.test",
    ] {
        assert_ne!(parse(typed).domain(), "school.test", "{typed}");
    }
}

#[test]
fn an_address_is_not_printed_by_accident() {
    assert_eq!(format!("{:?}", Some(parse("ann@x.test"))), "Some(EmailAddress(..))");
    for typed in ["ann", "ann@marker", ".marker@x.test"] {
        let error = EmailAddress::parse(typed).map(drop).expect_err("no address");
        assert!(!format!("{error} {error:?}").contains("marker"));
    }
}

proptest! {
    /// Whatever was taken is taken again in each of its forms, and means the same; and none can end a line or a path.
    #[test]
    fn a13_each_form_is_read_as_the_same_address(typed in "[\\PC\\r\\n]{1,30}@[\\PC.]{1,12}\\.[a-zäß]{1,4}") {
        if let Ok(address) = EmailAddress::parse(&typed) {
            for form in [address.deliverable(), address.canonical()] {
                let again = EmailAddress::parse(form).expect("an address");
                prop_assert_eq!(again.canonical(), address.canonical());
                prop_assert!(!form.contains(['\r', '\n', '<', '>', ' ', ',']));
                prop_assert_eq!(form.matches('@').count(), 1);
            }
        }
    }
}
