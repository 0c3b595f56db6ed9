//! How far an order is.

/// Where an order stands. It only moves on: see [`State::before`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It is written; the provider was perhaps asked for a link.
    New,
    /// There is a link.
    Open,
    /// The link is to be ended.
    Cancelling,
    /// The link was ended.
    Cancelled,
    /// Its time is over.
    Expired,
    /// It was paid; what followed is in the ledger.
    Paid,
}

impl State {
    pub(crate) const ALL: [Self; 6] = [
        Self::New,
        Self::Open,
        Self::Cancelling,
        Self::Cancelled,
        Self::Expired,
        Self::Paid,
    ];

    /// As the table has it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Paid => "paid",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The states that this one may follow. Nothing follows a payment, and a payment may follow everything: whoever paid late has paid.
    pub(crate) const fn before(self) -> &'static [Self] {
        match self {
            Self::New => &[],
            Self::Open => &[Self::New],
            Self::Cancelling => &[Self::New, Self::Open],
            Self::Cancelled | Self::Expired => &[Self::New, Self::Open, Self::Cancelling],
            Self::Paid => &[Self::New, Self::Open, Self::Cancelling, Self::Cancelled, Self::Expired],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w04_an_order_never_moves_back() {
        let rank = |state: State| match state {
            State::New => 0,
            State::Open => 1,
            State::Cancelling => 2,
            State::Cancelled | State::Expired => 3,
            State::Paid => 4,
        };
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
            assert!(
                state.before().iter().all(|before| rank(*before) < rank(state)),
                "{state:?}"
            );
            assert_eq!(State::Paid.before().contains(&state), state != State::Paid);
        }
    }
}
