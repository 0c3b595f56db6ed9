//! Whatever happens in whatever order: an account counts what its uploads add up to.

use sealdrop_api::{
    LinkAuth, LinkId, ObjectId, OwnerToken,
    limits::PART_LEN,
    uploads::{NewUpload, PartsSent},
};
use sealdrop_service::{Service, ServiceError};

use crate::support::{TestEnv, TestUser, new_link, random, small, token};

on_both_databases!(r39_an_account_counts_what_its_uploads_add_up_to);

/// Steps of one run on each database; the seed is printed.
const STEPS: u32 = 150;

/// One token, and what was made with it.
struct Transfer {
    token: OwnerToken,
    open: Vec<(ObjectId, Option<u64>)>,
    whole: Vec<ObjectId>,
    link: Option<LinkId>,
}

/// Numbers that look random (xorshift64*, Vigna 2016).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap_or(0) % most
    }
}

struct Walk {
    env: TestEnv,
    /// A second server over the same database and bucket.
    another: Service,
    dice: Dice,
    users: Vec<TestUser>,
    transfers: Vec<Transfer>,
}

#[expect(clippy::print_stdout, reason = "a run that fails is looked at with its seed")]
async fn r39_an_account_counts_what_its_uploads_add_up_to(env: TestEnv) {
    let seed = u64::from_be_bytes(random());
    println!("seed {seed:#x}");
    let users = vec![env.user().await, env.user().await];
    let (another, database) = (env.another().await, env.database().await);
    env.give_space(40 * PART_LEN).await;
    let mut walk = Walk {
        env,
        another,
        dice: Dice(seed | 1),
        users,
        transfers: Vec::new(),
    };
    for n in 0..STEPS {
        let step = walk.step().await;
        let wrong = sealdrop_test_support::invariants::wrong_accounts(&database).await;
        let wrong = wrong.expect("read");
        assert!(wrong.is_empty(), "seed {seed:#x}, step {n} ({step}): {wrong:?}");
    }
}

impl Walk {
    async fn step(&mut self) -> &'static str {
        // Few at a time, so that much happens to each.
        if self.transfers.len() < 5 || self.dice.below(6) == 0 {
            let oldest = if self.transfers.len() < 5 { 0 } else { 1 };
            self.transfers.drain(..oldest);
            self.transfers.push(Transfer {
                token: token(),
                open: Vec::new(),
                whole: Vec::new(),
                link: None,
            });
        }
        match self.dice.below(14) {
            0..=2 => self.reserve().await,
            3 => self.grow().await,
            4..=6 => self.finish().await,
            7 => self.give_up().await,
            8 => self.delete_twice().await,
            9 | 10 => self.link().await,
            11 => self.end_twice().await,
            12 => self.reap(20 * 60).await,
            _ => {
                let long = self.dice.below(4) == 0;
                self.reap(if long { 73 * 3600 } else { 1800 }).await
            }
        }
    }

    fn any(&mut self) -> usize {
        self.dice.below(self.transfers.len())
    }

    /// One of those of which something holds, else any.
    fn one(&mut self, holds: fn(&Transfer) -> bool) -> usize {
        let found: Vec<usize> = (0..self.transfers.len())
            .filter(|at| holds(&self.transfers[*at]))
            .collect();
        match found.len() {
            0 => self.any(),
            most => found[self.dice.below(most)],
        }
    }

    /// A user, or nobody.
    fn who(&mut self) -> Option<usize> {
        let n = self.dice.below(self.users.len() + 1);
        (n < self.users.len()).then_some(n)
    }

    async fn reserve(&mut self) -> &'static str {
        let (at, who, is_pipe) = (self.any(), self.who(), self.dice.below(3) == 0);
        let new = NewUpload {
            object_id: ObjectId(random()),
            sealed_len: (!is_pipe).then_some(65_536),
            part_len: PART_LEN,
        };
        let user = who.map(|n| &self.users[n].signed);
        let transfer = &mut self.transfers[at];
        let service = &self.env.service;
        let kept = service.reserve_upload(&transfer.token, user, new.clone(), self.env.client());
        if kept.await.is_ok() {
            transfer.open.push((new.object_id, new.sealed_len));
        }
        "reserve"
    }

    /// Part after part of a pipe is signed, and not sent.
    async fn grow(&mut self) -> &'static str {
        let (at, n) = (self.any(), self.dice.below(8));
        let transfer = &self.transfers[at];
        for (id, _) in transfer.open.iter().filter(|(_, len)| len.is_none()) {
            let n = u32::try_from(n).unwrap_or(0) + 1;
            // Over the quota, or no longer open: both may be.
            let _ = self.env.sign(&transfer.token, *id, n, PART_LEN).await;
        }
        "grow"
    }

    async fn finish(&mut self) -> &'static str {
        let at = self.one(|one| !one.open.is_empty());
        let transfer = &mut self.transfers[at];
        let Some((id, _)) = transfer.open.pop() else {
            return "nothing";
        };
        if finish(&self.env, &transfer.token, id).await.is_ok() {
            transfer.whole.push(id);
        }
        "finish"
    }

    async fn give_up(&mut self) -> &'static str {
        let at = self.one(|one| !one.open.is_empty());
        let transfer = &mut self.transfers[at];
        let Some((id, _)) = transfer.open.pop() else {
            return "nothing";
        };
        let service = &self.env.service;
        let (up, pass) = tokio::join!(service.delete_upload(&transfer.token, id), service.reap());
        // The reaper may have forgotten it before.
        drop(up);
        pass.expect("a pass");
        "give up, beside the reaper"
    }

    async fn delete_twice(&mut self) -> &'static str {
        let at = self.one(|one| !one.whole.is_empty());
        let transfer = &mut self.transfers[at];
        let Some(id) = transfer.whole.pop() else {
            return "nothing";
        };
        let service = &self.env.service;
        let (one, two) = tokio::join!(
            service.delete_upload(&transfer.token, id),
            service.delete_upload(&transfer.token, id)
        );
        // Where a link has it, or it is forgotten, both are refused.
        assert_eq!(one.is_ok(), two.is_ok());
        "delete twice"
    }

    async fn link(&mut self) -> &'static str {
        let (at, who) = (self.one(|one| !one.whole.is_empty() && one.link.is_none()), self.who());
        let transfer = &mut self.transfers[at];
        // What stands in the way of a link is given up first.
        for (id, _) in transfer.open.drain(..) {
            let _ = self.env.service.delete_upload(&transfer.token, id).await;
        }
        let new = new_link(&LinkAuth::new(random()), 3, 3600);
        let (id, user) = (new.link_id(), who.map(|n| &self.users[n].signed));
        let made = self.env.service.create_link(&transfer.token, user, new).await;
        if made.is_ok() {
            transfer.link = Some(id);
        }
        "link"
    }

    async fn end_twice(&mut self) -> &'static str {
        let at = self.one(|one| one.link.is_some());
        let transfer = &mut self.transfers[at];
        let Some(link) = transfer.link.take() else {
            return "nothing";
        };
        let service = &self.env.service;
        let (one, two) = tokio::join!(
            service.revoke_link(&transfer.token, link),
            service.revoke_link(&transfer.token, link)
        );
        one.expect("ended");
        two.expect("ended");
        "end twice"
    }

    /// Time passes, and two servers look after it.
    async fn reap(&mut self, seconds: u64) -> &'static str {
        self.env.advance(seconds);
        let (one, two) = tokio::join!(self.env.service.reap(), self.another.reap());
        one.expect("a pass");
        two.expect("a pass");
        "time passes"
    }
}

async fn finish(env: &TestEnv, token: &OwnerToken, id: ObjectId) -> Result<(), ServiceError> {
    let bytes = small(id);
    let url = env.sign(token, id, 1, bytes.len() as u64).await?;
    let answer = env.put(&url, bytes.clone()).await;
    let etag = answer.headers()["etag"].to_str().expect("an etag").to_owned();
    let sent = PartsSent {
        sealed_len: bytes.len() as u64,
        parts: vec![sealdrop_api::uploads::SentPart { n: 1, etag }],
    };
    env.service.complete_upload(token, id, sent).await.map(drop)
}
