use time::macros::datetime;

use super::{CodePurpose, Content, DownloadedLink, Letter, LinkOfUser, News, StorageUse, UnusedLink};

const CODE: &str = "00012345";

fn all() -> Vec<Letter> {
    let code = |purpose| Content::Code {
        purpose,
        code: CODE,
        minutes_left: 10,
    };
    let device = Content::NewDevice {
        device: "Firefox on Linux",
        at: datetime!(2026-11-30 14:05:59 +1),
    };
    let (plan, at) = ("plus", datetime!(2026-12-31 14:05:59 UTC));
    let (ends, ended) = (Content::PlanEnds { plan, at }, Content::PlanEnded { plan, at });
    let invoice = "INV/2627/000012";
    let contents = [
        code(CodePurpose::SignIn),
        code(CodePurpose::StepUp),
        code(CodePurpose::ChangeEmail),
        Content::EmailChanged,
        device,
        Content::AccountClosed,
        ends,
        ended,
        Content::PlanPaid {
            plan,
            until: at,
            invoice,
        },
        Content::PaymentReturned {
            plan,
            amount: "100.00 INR",
        },
        Content::Test,
    ];
    let mut letters: Vec<Letter> = contents.iter().map(Letter::new).collect();
    letters.extend(all_news().iter().map(|news| Letter::new(&Content::News(news))));
    letters
}

/// One thing each, several of one kind, and everything at once.
fn all_news() -> Vec<News> {
    let link = LinkOfUser {
        made_at: datetime!(2026-11-28 14:05:59 +1),
        sealed_bytes: 1_412_880_416,
    };
    let downloaded = DownloadedLink {
        link,
        times: 1,
        used: 2,
        max_downloads: Some(3),
    };
    let unused = UnusedLink {
        link,
        expires_at: datetime!(2026-12-01 09:30 UTC),
    };
    let storage = StorageUse {
        used: 8_000_000_000,
        quota: 10_000_000_000,
        is_full: false,
    };
    let often = DownloadedLink {
        times: 4,
        max_downloads: None,
        ..downloaded
    };
    let one = News::default();
    vec![
        News {
            downloaded: vec![downloaded],
            ..one.clone()
        },
        News {
            unused: vec![unused],
            ..one.clone()
        },
        News {
            storage: Some(storage),
            ..one.clone()
        },
        News {
            storage: Some(StorageUse {
                is_full: true,
                ..storage
            }),
            ..one.clone()
        },
        News {
            unused: vec![unused, unused],
            more_unused: 1,
            ..one.clone()
        },
        News {
            downloaded: vec![downloaded, often],
            more_downloaded: 12,
            unused: vec![unused],
            storage: Some(storage),
            ..one
        },
    ]
}

#[test]
fn news_name_links_by_size_and_date_and_sum_up() {
    let [one, unused, storage, full, several, all] = all_news().try_into().expect("six");
    let letter = |news: &News| Letter::new(&Content::News(news));
    assert_eq!(letter(&one).subject, "Your link was downloaded");
    let text = letter(&one).text;
    let line = "\n\n1.4 GB, made 28 November 2026, 13:05 UTC: downloaded once, 2 of 3 downloads used\n\n";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("choose under Notices"), "{text}");
    assert_eq!(letter(&unused).subject, "Your link expires soon and was not downloaded");
    let text = letter(&unused).text;
    assert!(text.contains(": expires 1 December 2026, 09:30 UTC\n"), "{text}");
    assert_eq!(letter(&storage).subject, "Your storage is almost full");
    assert!(letter(&storage).text.contains("\n8.0 GB of 10.0 GB used\n"));
    assert_eq!(letter(&full).subject, "Your storage is full");
    assert_eq!(
        letter(&several).subject,
        "Your links expire soon and were not downloaded"
    );
    assert!(letter(&several).text.contains("\nAnd 1 more link.\n"));
    let said = letter(&all);
    assert_eq!(said.subject, "News of your links and storage");
    for line in [
        "13:05 UTC: downloaded 4 times\n",
        "\nAnd 12 more links.\n",
        "expires 1 December",
        "8.0 GB of",
    ] {
        assert!(said.text.contains(line), "{}", said.text);
    }
    assert!(News::default().is_empty() && !all.is_empty());
}

#[test]
fn a_code_stands_in_a_line_of_its_own_and_not_in_the_subject() {
    for letter in all().iter().take(3) {
        assert_eq!(
            letter.text.lines().filter(|line| *line == CODE).count(),
            1,
            "{}",
            letter.text
        );
        assert_eq!(letter.html.matches(CODE).count(), 1);
        assert!(letter.text.contains("It expires in 10 minutes."), "{}", letter.text);
        assert!(
            !letter.subject.contains(|letter: char| letter.is_ascii_digit()),
            "{}",
            letter.subject
        );
    }
    let last = Letter::new(&Content::Code {
        purpose: CodePurpose::SignIn,
        code: CODE,
        minutes_left: 1,
    });
    assert!(
        last.text.contains("It expires in 1 minute. If you did not ask"),
        "{}",
        last.text
    );
}

/// Report 8: scanners follow every link of a mail, so there is none; and nothing is loaded that would tell of the reader.
#[test]
fn m08_no_mail_has_a_link_or_loads_anything() {
    for letter in all() {
        for text in [&letter.text, &letter.html] {
            for link in [
                "http:", "https:", "href", "src=", "url(", "@import", "<img", "<a ", "<form", "<script", "www.",
                "mailto:",
            ] {
                assert!(!text.contains(link), "{link} in {text}");
            }
        }
    }
}

#[test]
fn the_text_says_what_the_page_says() {
    for letter in all() {
        let body = letter.html.split_once("<body>").expect("a body").1;
        let mut page = String::new();
        for piece in body.split('<') {
            page.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
            page.push(' ');
        }
        let words =
            |text: &str| -> std::collections::BTreeSet<String> { text.split_whitespace().map(str::to_owned).collect() };
        assert_eq!(words(&letter.text), words(&page), "{}", letter.subject);
        assert!(
            !letter.text.contains("\n\n\n") && letter.text.len() > 60,
            "{}",
            letter.text
        );
    }
    let device = &all()[4];
    assert!(
        device
            .text
            .contains("\n\nFirefox on Linux, 30 November 2026, 13:05 UTC\n\n"),
        "{}",
        device.text
    );
}

/// A colour without its ground is unreadable where a mail program turns one of both.
#[test]
fn colours_come_in_pairs() {
    let html = &all()[0].html;
    for rule in html.lines().filter(|line| line.contains("color: #")) {
        let has = |name: &str| rule.contains(name);
        assert!(
            has("background: #") && (has(" color: #") || has("{ color: #")),
            "{rule}"
        );
    }
}

#[test]
fn a14_what_a_browser_says_is_text_in_one_line() {
    let letter = Letter::new(&Content::NewDevice {
        device: "<b>Fire\r\nBcc: bob@x.test\u{202e}</b>&\"'<script>alert(1)</script>",
        at: datetime!(2026-11-30 14:05 UTC),
    });
    assert!(letter.html.contains("&#60;b&#62;Fire  Bcc"), "{}", letter.html);
    assert!(!letter.html.contains("<script") && !letter.html.contains("<b>"));
    assert!(
        letter.text.contains("\n<b>Fire  Bcc: bob@x.test </b>&"),
        "{}",
        letter.text
    );
    assert!(!letter.text.contains(['\r', '\u{202e}']));
    assert_eq!(letter.subject, "New sign-in to your account");
    let long = Letter::new(&Content::NewDevice {
        device: &"x".repeat(5_000),
        at: datetime!(2026-11-30 14:05 UTC),
    });
    assert!(long.text.len() < 500);
    let none = Letter::new(&Content::NewDevice {
        device: " \n",
        at: datetime!(2026-11-30 14:05 UTC),
    });
    assert!(none.text.contains("unknown device, 30"), "{}", none.text);
}

/// Light and dark: 4.5 to 1 at least, for text of any size (WCAG 2.2, 1.4.3). A long name of a device does not widen the page.
#[test]
fn m32_every_colour_can_be_read_on_its_ground() {
    let html = &all()[0].html;
    let mut pairs = 0;
    for rule in html.lines().filter(|line| line.contains("background: #")) {
        let colour = |name: &str| -> [f64; 3] {
            let digits = rule.split_once(name).map_or("", |(_, rest)| &rest[..6]);
            [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits")) / 255.0)
        };
        let luminance = |colour: [f64; 3]| {
            let linear = |part: f64| {
                if part <= 0.04045 {
                    part / 12.92
                } else {
                    ((part + 0.055) / 1.055).powf(2.4)
                }
            };
            let [red, green, blue] = colour.map(linear);
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (text, ground) = (luminance(colour(" color: #")), luminance(colour("background: #")));
        let contrast = (text.max(ground) + 0.05) / (text.min(ground) + 0.05);
        assert!(contrast >= 4.5, "{contrast:.2} in {rule}");
        pairs += 1;
    }
    assert!(pairs >= 10, "{pairs}");
    assert!(
        html.lines()
            .any(|rule| rule.starts_with(".detail") && rule.contains("overflow-wrap: anywhere"))
    );
}
