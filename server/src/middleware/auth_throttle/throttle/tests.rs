use std::{future::ready, net::IpAddr};

use super::*;
use crate::client_network::Prefixes;

fn client(text: &str) -> ClientNetwork {
    let addr: IpAddr = text.parse().expect("an address");
    ClientNetwork::of(addr, Prefixes::default())
}

fn asked(from: &str, link: u8, proof: u64) -> Asked {
    Asked {
        client: Some(client(from)),
        thing: Thing::Link([link; 16]),
        proof: Some(proof),
    }
}

async fn answer(throttle: &AuthThrottle, asked: Asked, status: StatusCode) -> StatusCode {
    throttle.judge(asked, ready(status.into_response())).await.status()
}

const WRONG: StatusCode = StatusCode::NOT_FOUND;

#[test]
fn n02_an_ipv6_client_owns_its_64_and_a_site_no_budget_for_each() {
    let (throttle, now) = (AuthThrottle::default(), Instant::now());
    for n in 0..20 {
        assert_eq!(throttle.charge(client(&format!("2001:db8::{n}")), now), None);
    }
    assert!(throttle.charge(client("2001:db8::ffff"), now).is_some());
    assert!(throttle.charge(client("2001:db8:0:1::1"), now).is_none());
    let is_judged = |n: &u32| throttle.charge(client(&format!("2001:db8:0:{n:x}::1")), now).is_none();
    let judged = (2..2_000).take_while(is_judged).count();
    assert!((16 * 10..16 * 20).contains(&judged), "a site has {judged} in a row");
    assert!(throttle.charge(client("2001:db8:1::1"), now).is_none());
}

#[test]
fn s04_wrong_guesses_about_one_link_come_later_one_after_the_other() {
    let (throttle, start) = (AuthThrottle::default(), Instant::now());
    let (one, two) = (Thing::Link([1; 16]), Thing::Link([2; 16]));
    for n in 0..60 {
        assert_eq!(throttle.charge_link(one, start), None, "guess {n}");
    }
    for n in 1..=20 {
        assert_eq!(
            throttle.charge_link(one, start),
            Some(Duration::from_secs(n)),
            "in turn"
        );
    }
    assert_eq!(
        throttle.charge_link(one, start),
        Some(Duration::from_secs(20)),
        "and no later"
    );
    assert_eq!(throttle.charge_link(two, start), None, "other links are not meant");
    let later = start + Duration::from_secs(200);
    assert_eq!(throttle.charge_link(one, later), None, "and it is forgiven");
}

#[tokio::test]
async fn n02_a_thing_that_was_guessed_at_waits_and_nothing_else_does() {
    let throttle = AuthThrottle::default();
    for n in 0..20 {
        assert_eq!(answer(&throttle, asked("192.0.2.1", 1, n), WRONG).await, WRONG);
    }
    let refused = answer(&throttle, asked("192.0.2.1", 1, 99), StatusCode::OK).await;
    assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS, "not judged");
    let other = answer(&throttle, asked("192.0.2.1", 2, 99), StatusCode::OK).await;
    assert_eq!(other, StatusCode::OK, "a neighbour with another link");
    let other = answer(&throttle, asked("192.0.2.1", 2, 98), WRONG).await;
    assert_eq!(other, StatusCode::TOO_MANY_REQUESTS, "who scans");
    let elsewhere = answer(&throttle, asked("192.0.2.2", 1, 97), StatusCode::OK).await;
    assert_eq!(elsewhere, StatusCode::OK);
}

#[tokio::test]
async fn n02_what_was_right_never_waits() {
    let throttle = AuthThrottle::default();
    assert_eq!(
        answer(&throttle, asked("192.0.2.9", 1, 7), StatusCode::OK).await,
        StatusCode::OK
    );
    for n in 10..40 {
        answer(&throttle, asked("192.0.2.1", 1, n), WRONG).await;
    }
    for _ in 0..100 {
        assert_eq!(
            answer(&throttle, asked("192.0.2.1", 1, 7), StatusCode::OK).await,
            StatusCode::OK
        );
    }
    // The password was changed: it is one guess like any other.
    assert_eq!(
        answer(&throttle, asked("192.0.2.1", 1, 7), WRONG).await,
        StatusCode::TOO_MANY_REQUESTS
    );
    let refused = answer(&throttle, asked("192.0.2.1", 1, 7), StatusCode::OK).await;
    assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS);
}
