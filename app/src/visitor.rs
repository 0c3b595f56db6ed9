//! What the server knows of who asks for a page, before any program runs. It stands in the head of the page, so that server and browser
//! render the same: who is signed in is never shown wrong first.

/// Who asks for a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visitor {
    /// The address of who is signed in.
    pub email: Option<String>,
    /// The code that this browser asked for, while it is good.
    pub code: Option<CodeSent>,
    /// What became of a form that was sent without a program.
    pub notice: Option<Notice>,
    /// The address of this server, where the page was opened under another one.
    pub home: Option<String>,
    /// The page that signing in leads to, where it is not that of the account.
    pub next: Option<String>,
}

/// A code that is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSent {
    /// Where it was sent.
    pub email: String,
    /// Seconds after which it can be sent again.
    pub resend_in: u64,
    /// Codes that may still be typed.
    pub tries_left: u32,
}

/// What is said once on the next page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The code was another one.
    CodeWrong,
    /// What was typed cannot be a code.
    CodeMalformed,
    /// The code is good no more.
    CodeEnded,
    /// What was typed is no e-mail address.
    EmailRefused,
    /// Too many codes were asked for from here.
    TooMany,
    /// The server could not do it.
    Away,
    /// The person signed out.
    SignedOut,
    /// The session ended elsewhere, or by itself.
    SessionEnded,
    /// The account was closed.
    AccountClosed,
    /// The plan is not sold.
    PlanGone,
    /// The order was paid before it could be cancelled.
    OrderPaid,
    /// The order was cancelled.
    OrderCancelled,
    /// The plan will not be bought again.
    PlanCancelled,
}

impl Notice {
    /// Every one there is.
    pub const ALL: [Self; 13] = [
        Self::CodeWrong,
        Self::CodeMalformed,
        Self::CodeEnded,
        Self::EmailRefused,
        Self::TooMany,
        Self::Away,
        Self::SignedOut,
        Self::SessionEnded,
        Self::AccountClosed,
        Self::PlanGone,
        Self::OrderPaid,
        Self::OrderCancelled,
        Self::PlanCancelled,
    ];

    /// Its name in cookies, pages and tests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CodeWrong => "code-wrong",
            Self::CodeMalformed => "code-malformed",
            Self::CodeEnded => "code-ended",
            Self::EmailRefused => "email-refused",
            Self::TooMany => "too-many-requests",
            Self::Away => "unavailable",
            Self::SignedOut => "signed-out",
            Self::SessionEnded => "session-ended",
            Self::AccountClosed => "account-closed",
            Self::PlanGone => "plan-gone",
            Self::OrderPaid => "order-paid",
            Self::OrderCancelled => "order-cancelled",
            Self::PlanCancelled => "plan-cancelled",
        }
    }

    /// The one of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.name() == name)
    }
}

impl CodeSent {
    /// As one line: what is no number comes last.
    fn line(&self) -> String {
        format!("{} {} {}", self.resend_in, self.tries_left, self.email)
    }

    fn of_line(line: &str) -> Option<Self> {
        let mut words = line.splitn(3, ' ');
        Some(Self {
            resend_in: words.next()?.parse().ok()?,
            tries_left: words.next()?.parse().ok()?,
            email: words.next()?.to_owned(),
        })
    }
}

/// Names of the `meta` elements.
pub(crate) const USER: &str = "sealdrop-user";
const CODE: &str = "sealdrop-code";
const NOTICE: &str = "sealdrop-notice";
const HOME: &str = "sealdrop-home";
const NEXT: &str = "sealdrop-next";

impl Visitor {
    /// What the head of the page says of them, by the names of its elements: nothing of who is nobody.
    pub fn lines(self) -> impl Iterator<Item = (&'static str, String)> {
        let all = [
            (USER, self.email),
            (CODE, self.code.map(|code| code.line())),
            (NOTICE, self.notice.map(|notice| notice.name().to_owned())),
            (HOME, self.home),
            (NEXT, self.next),
        ];
        all.into_iter().filter_map(|(name, line)| Some((name, line?)))
    }

    /// Read back from the head of the page.
    #[must_use]
    pub fn of_lines(line: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            email: line(USER),
            code: line(CODE).and_then(|line| CodeSent::of_line(&line)),
            notice: line(NOTICE).and_then(|name| Notice::of(&name)),
            home: line(HOME),
            next: line(NEXT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_page_says_all_of_a_visitor() {
        let visitor = Visitor {
            email: Some("\"a b\"@x.test".to_owned()),
            code: Some(CodeSent {
                email: "\"c d\"@x.test".to_owned(),
                resend_in: 42,
                tries_left: 5,
            }),
            notice: Some(Notice::CodeWrong),
            home: Some("https://drop.example".to_owned()),
            next: Some("/plans".to_owned()),
        };
        let read = |visitor: &Visitor| {
            let lines: Vec<_> = visitor.clone().lines().collect();
            Visitor::of_lines(|name| lines.iter().find(|(key, _)| *key == name).map(|(_, line)| line.clone()))
        };
        assert_eq!(read(&visitor), visitor);
        assert_eq!(read(&Visitor::default()), Visitor::default());
        assert_eq!(Visitor::default().lines().count(), 0, "nobody leaves no trace");
        for broken in ["", "42", "42 5", "x 5 a@b.test", "42 -1 a@b.test"] {
            assert_eq!(CodeSent::of_line(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_notice_has_one_name() {
        for notice in Notice::ALL {
            assert_eq!(Notice::of(notice.name()), Some(notice));
        }
        assert_eq!(Notice::of("<b>"), None);
    }
}
