use super::*;

fn link() -> Link {
    Link {
        origin: "https://drop.example:8443".to_owned(),
        link_id: LinkId(*b"\xfb\xef\xbe7-dropped-id!"),
        flags: LinkFlags::PASSWORD,
        secret: LinkSecret::from_text("-_-_AQAB-_-_AQAB-_-_AQAB-_-_AQAB-_-_AQAB-_8").expect("43 characters"),
    }
}

fn fault(text: &str) -> LinkFault {
    Link::parse(text).map(|_| ()).expect_err("a damaged link is refused")
}

/// All of a text as `%XX`, as strict programs write it.
fn percent(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(one).collect()
}

#[test]
fn a_link_survives_its_text() {
    let text = link().expose();
    let read = Link::parse(&format!("  {}\n", *text)).expect("what was written reads");
    assert_eq!(
        (read.link_id, read.origin.as_str()),
        (link().link_id, "https://drop.example:8443")
    );
    assert!(read.flags.has_password());
    assert_eq!(*read.expose(), *text);
    assert!(!format!("{read:?}").contains(&*read.key()));
}

#[test]
fn x10_a_link_is_read_as_mail_programs_hand_it_on() {
    let whole = link().expose();
    let text = whole.as_str();
    let (address, key) = text.split_once('#').expect("two halves");
    let id = &address[address.len() - 22..];
    let (host, escaped) = ("https://drop.example:8443", percent(text));
    let every = |len: usize, with: &str| -> String {
        let parts: Vec<&str> = text
            .as_bytes()
            .chunks(len)
            .filter_map(|part| str::from_utf8(part).ok())
            .collect();
        parts.join(with)
    };
    for given in [
        // The sign between the halves.
        format!("{address}%23{key}"),
        format!("{address}%2523{key}"),
        format!("{address}/%23{key}"),
        format!("{address}\u{ff03}{key}"),
        format!("{address}&#35;{key}"),
        format!("{address}=23{key}"),
        format!("{address}*{key}"),
        format!("{address}##{key}"),
        // What is put before it or behind the key.
        format!("{address}?fbclid=x#{key}"),
        format!("{address}?fbclid=IwAQ0aQx_AQABcdefg-hijklmnop_qrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#{key}"),
        format!("{address}?fbclid=x%23{key}"),
        format!("{address}/?utm_source=mail&utm_medium=a/d/b#{key}"),
        format!("{text}?fbclid=x"),
        format!("{text}&utm_source=mail"),
        format!("{text}:~:text=files"),
        format!("{text}%20"),
        // What stands around it.
        format!("<{text}>"),
        format!("\"{text}\""),
        format!("“{text}”"),
        format!("'{text}',"),
        format!("{text}."),
        format!("{text})"),
        format!("{text}…"),
        format!("_{text}_"),
        format!("**{text}**"),
        format!("[files]({text})"),
        format!("<a href=\"{text}\">{text}</a>"),
        format!("<{text}|{text}>"),
        format!("Here they are: {text} (until Friday)"),
        format!("Link:{text}x"),
        // What cannot be seen.
        every(7, "\u{200b}"),
        every(5, "\u{ad}"),
        format!("\u{feff}{text}\u{2060}"),
        format!("\u{202a}{text}\u{202c}"),
        every(9, "%E2%80%8B"),
        // Lines that were broken.
        every(30, "\n"),
        every(30, "\r\n"),
        every(31, "\n> "),
        every(40, "=\r\n"),
        every(40, "\n\t"),
        format!("{address}#\n{key}"),
        format!("{}\u{a0}{}", &text[..60], &text[60..]),
        // Signs that were made finer.
        text.replace('-', "\u{2013}"),
        text.replace('-', "\u{2011}"),
        text.replace('-', "\u{2212}"),
        text.replace('_', "\u{ff3f}"),
        // Escapes.
        text.replace('-', "%2D").replace('_', "%5f"),
        text.replace('-', "%2d").replace('#', "%23"),
        escaped.clone(),
        percent(&escaped),
        text.replace('/', "\\/"),
        text.replace('/', "&#x2F;").replace('-', "&#45;"),
        text.replace('_', "\\_"),
        // Addresses that redirect.
        format!(
            "https://eur01.safelinks.protection.outlook.com/?url={escaped}&data=05%7C02%7Cada%40x.example&reserved=0"
        ),
        format!(
            "https://eur01.safelinks.protection.outlook.com/?url={}&data=05%7C02&reserved=0#{key}",
            percent(address)
        ),
        format!(
            "https://l.facebook.com/l.php?u={}%3Ffbclid%3DIwAQ-x%23{key}&h=AT0",
            percent(address)
        ),
        format!("https://www.google.com/url?q={text}&source=gmail&ust=1"),
        format!("https://urldefense.com/v3/__{address}*{key}__;Iw!!AQ-x!y$"),
        format!(
            "https://urldefense.proofpoint.com/v2/url?u={}&d=DwMFAg&c=x",
            escaped.replace("%2F", "_").replace('%', "-")
        ),
        // The address.
        format!("HTTPS://Drop.Example:8443/d/{id}#{key}"),
        format!("{host}//d/{id}#{key}"),
        format!("drop.example:8443/d/{id}#{key}"),
        format!("{address}{key}"),
    ] {
        let read = Link::parse(&given).map(|read| read.expose());
        assert_eq!(read.as_deref().map(String::as_str), Ok(text), "{given}");
        let known = link_id_of(&given);
        assert_eq!(known, Ok((host.to_owned(), link().link_id)), "{given}");
    }
    let usual = text.replace(":8443", "");
    assert_eq!(
        Link::parse(&text.replace("8443", "443"))
            .map(|read| read.expose())
            .as_deref()
            .map(String::as_str),
        Ok(usual.as_str()),
        "the port that every address has"
    );
}

#[test]
fn x12_what_cannot_be_read_has_the_right_name() {
    let whole = link().expose();
    let text = whole.as_str();
    let address = link().address();
    let bare = address.trim_end_matches('#');
    let key = &text[address.len()..];
    for cut in [
        &text[..text.len() - 1],
        &text[..text.len() - 20],
        &text[..address.len() + 1],
        &bare[..bare.len() - 1],
    ] {
        assert_eq!(fault(cut), LinkFault::Incomplete, "{cut}");
        assert_eq!(fault(&format!("<{cut}>")), LinkFault::Incomplete, "{cut} in brackets");
    }
    assert_eq!(
        fault(&format!(
            "{} or later, says Ada, who sent it here",
            &text[..text.len() - 5]
        )),
        LinkFault::Incomplete
    );
    for no_key in [
        &*address,
        bare,
        &format!("{bare}?fbclid=x"),
        &format!("{bare}/"),
        &format!("{bare}%23"),
        &format!("({address})"),
    ] {
        assert_eq!(fault(no_key), LinkFault::NoKey, "{no_key}");
    }
    let middle = address.len() + 20;
    let doubled = format!("{}{}", &text[..middle], &text[middle - 1..]);
    let more = format!("{}AAAA{}", &text[..middle], &text[middle..]);
    let first = format!("{address}X{}", &key[1..]);
    for altered in [
        &doubled,
        &more,
        &first,
        &text.to_lowercase(),
        &format!("{address}{}B{}", &key[..20], &key[21..]),
        &format!("https://drop.example/d/{}#{key}", "B".repeat(22)),
        &text.replacen(&bare[bare.len() - 22..], "AAAAAAAAAAAAAAAAAAAAAA", 1),
    ] {
        assert_eq!(fault(altered), LinkFault::Altered, "{altered}");
    }
    let newer = format!("{address}Ag{}", &key[2..]);
    assert_eq!(fault(&newer), LinkFault::NewerVersion);
    for foreign in [
        "",
        "hello",
        "https://example.com/",
        "ftp://x/d/y#z",
        "https://u@h/d/AAAA#z",
        "https://h/e/A#b",
        "/d/",
        &text.replace("https://", "https://ada@"),
        &text.replace("https", "ftp"),
        &text.replace("/d/", "/e/d/"),
    ] {
        assert_eq!(fault(foreign), LinkFault::Foreign, "{foreign}");
    }
}

#[test]
fn an_id_is_found_without_the_key() {
    let (origin, id) = link_id_of(&link().address()).expect("the public half is enough");
    assert_eq!((origin.as_str(), id), ("https://drop.example:8443", link().link_id));
    assert_eq!(link_id_of("https://drop.example/d/short"), Err(LinkFault::Incomplete));
}

proptest::proptest! {
    /// Whatever a text holds, it is read without a panic, and what opens is what was written.
    #[test]
    fn x10_no_text_breaks_the_reader(before in ".{0,40}", behind in ".{0,40}", at in 0_usize..90) {
        let text = link().expose();
        let _ = Link::parse(&before);
        let _ = Link::parse(&format!("{before}/d/{behind}#{before}"));
        let _ = Link::parse(&format!("{}{before}{}", &text[..at], &text[at..]));
        let read = Link::parse(&format!("{before} {} {behind}", *text)).map(|read| read.expose());
        proptest::prop_assert_eq!(read.as_deref(), Ok(&*text));
    }
}
