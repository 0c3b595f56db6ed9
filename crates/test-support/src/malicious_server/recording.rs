//! What one honest transfer was answered.

use serde_json::Value;

use super::{
    mutation::Site,
    wire::{Answer, Request},
};

/// An object as the bucket holds it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Path of its address, without the signature.
    pub path: String,
    /// Its `ETag`.
    pub etag: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The answers of API and bucket, by what was asked.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    answers: Vec<(Asked, Answer)>,
    objects: Vec<Stored>,
}

/// What makes two requests the same question: the route and what it is about, not who asks or which claim it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    method: String,
    path: String,
    objects: Option<Value>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let mut words: Vec<&str> = request.target.split('/').collect();
        if let Some(claim) = words.iter().position(|word| *word == "claims").map(|at| at + 1)
            && claim < words.len()
        {
            words[claim] = "*";
        }
        let body: Option<Value> = serde_json::from_slice(&request.body).ok();
        Self {
            method: request.method.clone(),
            path: words.join("/"),
            objects: body.and_then(|body| body.get("objects").cloned()),
        }
    }
}

impl Recording {
    pub(super) fn answer(&self, request: &Request) -> Option<&Answer> {
        let asked = Asked::of(request);
        let found = self.answers.iter().find(|(one, _)| *one == asked);
        found.map(|(_, answer)| answer)
    }

    pub(super) fn keep_answer(&mut self, request: &Request, answer: Answer) {
        self.answers.push((Asked::of(request), answer));
    }

    pub(super) fn object(&self, path: &str) -> Option<(usize, &Stored)> {
        self.objects.iter().enumerate().find(|(_, one)| one.path == path)
    }

    pub(super) fn keep_object(&mut self, stored: Stored) {
        self.objects.push(stored);
    }

    /// What the bucket holds, in the order in which it was first read.
    #[must_use]
    pub fn objects(&self) -> &[Stored] {
        &self.objects
    }

    /// The JSON answers, each with its site.
    #[must_use]
    pub fn json(&self) -> Vec<(Site, Value)> {
        let of = |(asked, answer): &(Asked, Answer)| {
            let value = serde_json::from_slice(&answer.body).ok()?;
            Some((Site::of(&asked.method, &asked.path), value))
        };
        self.answers.iter().filter_map(of).collect()
    }
}
