//! The server, the bucket and the clock, as the engine asks them.

use super::*;

impl Platform for Memory {
    type File = Bytes;
    type Chunk = Plain;

    async fn request(&self, request: ApiRequest) -> Result<ApiResponse, TransferError> {
        self.sleep(Duration::from_millis(1)).await;
        let body = request
            .body
            .map_or(Value::Null, |body| serde_json::from_str(&body.0).expect("JSON"));
        let what = format!("{} {}", request.method.as_str(), request.path);
        if let Some(Fault::Differ(n)) =
            self.hits(|fault| matches!(fault, Fault::Differ(_)) && what.ends_with("/complete"))
        {
            let mut problem = Problem::new(ProblemType::PartsDiffer);
            problem.parts = vec![sealdrop_api::PartNeeded { n }];
            let body = serde_json::to_vec(&problem).expect("JSON");
            return Ok(ApiResponse {
                status: 409,
                retry_after: None,
                body,
            });
        }
        if self
            .hits(|fault| matches!(fault, Fault::Unheard(words) if what.contains(words)))
            .is_some()
        {
            return Err(TransferError::Unreachable);
        }
        let is_busy = self.hits(|fault| matches!(fault, Fault::Busy(words) if what.contains(words)));
        let answer = match is_busy {
            Some(_) => Err(ProblemType::Unavailable),
            None => self.answer(request.method.as_str(), &request.path, &body),
        };
        if let Some(Fault::Idle(time)) =
            self.hits(|fault| matches!(fault, Fault::Idle(_)) && what == "POST /api/v1/uploads")
        {
            self.objects.borrow_mut().retain(|_, object| !object.parts.is_empty());
            self.clock.set(Some((Instant::now(), self.now() + time)));
        }
        let answer = answer.map(|mut answer| {
            if self.chooses.get() {
                choose(&mut answer);
            }
            answer
        });
        if self
            .hits(|fault| matches!(fault, Fault::LostAnswer(words) if what.contains(words)))
            .is_some()
        {
            return Err(TransferError::Unreachable);
        }
        Ok(match answer {
            Ok(Value::Null) => ApiResponse {
                status: 204,
                retry_after: None,
                body: vec![],
            },
            Ok(value) => ApiResponse {
                status: 200,
                retry_after: None,
                body: value.to_string().into_bytes(),
            },
            Err(kind) => {
                let body = serde_json::to_vec(&Problem::new(kind)).expect("JSON");
                ApiResponse {
                    status: kind.status(),
                    retry_after: None,
                    body,
                }
            }
        })
    }

    async fn read_plain(&self, file: &Bytes, range: core::ops::Range<u64>) -> Result<Vec<u8>, TransferError> {
        self.looks.set(self.looks.get() + 1);
        if range.is_empty() && self.hits(|fault| *fault == Fault::Gone).is_some() {
            return Err(TransferError::SourceUnreadable {
                file: "an empty file".to_owned(),
                why: String::new(),
            });
        }
        let mut seen = file[range.start as usize..range.end as usize].to_vec();
        let looks = self.looks.get();
        if self
            .hits(|fault| matches!(fault, Fault::Rewritten(after) if looks > *after))
            .is_some()
        {
            seen.iter_mut().take(1).for_each(|byte| *byte ^= 1);
        }
        Ok(seen)
    }

    async fn seal_and_send(&self, job: PartJob<Bytes>, sent: &dyn Fn(u64)) -> Result<SentPart, TransferError> {
        self.under_way.set(self.under_way.get() + 1);
        self.sleep(Duration::from_millis(5)).await;
        self.at_once.borrow_mut().push(self.under_way.get());
        self.under_way.set(self.under_way.get() - 1);
        if self.hits(|fault| *fault == Fault::Changed(job.part)).is_some() {
            return Err(TransferError::SourceChanged {
                file: "a file".to_owned(),
            });
        }
        let content: Vec<u8> = job
            .extents
            .iter()
            .flat_map(|extent| &extent.file[extent.offset as usize..(extent.offset + extent.len) as usize])
            .copied()
            .collect();
        let sealed = job.object.writer().seal_part(job.part, &content)?;
        assert_eq!(sealed.bytes.len() as u64, job.sealed_len);
        sent(job.sealed_len / 2);
        let etag = self.store(&job.url, Arc::new(sealed.bytes))?;
        Ok(SentPart {
            etag,
            digests: sealed.digests,
        })
    }

    async fn send_sealed(&self, url: &str, sealed: Arc<Vec<u8>>) -> Result<String, TransferError> {
        self.sleep(Duration::from_millis(5)).await;
        if self.hits(|fault| *fault == Fault::List).is_some() {
            return Err(TransferError::Bucket {
                status: 400,
                code: None,
            });
        }
        self.store(url, sealed)
    }

    async fn open_range(&self, job: OpenJob, _: &dyn Fn(u64)) -> Result<OpenedRange<Plain>, TransferError> {
        self.gets.set(self.gets.get() + 1);
        let asked = (job.records.start, job.records.end - job.records.start);
        let note = || {
            self.ranges
                .borrow_mut()
                .as_mut()
                .map(|ranges| ranges.push(asked))
                .is_some()
        };
        for _ in 0..if note() { asked.1 } else { 1 } {
            self.sleep(Duration::from_millis(5)).await;
        }
        note();
        if let Some(Fault::Get(status)) = self.hits(|fault| matches!(fault, Fault::Get(_))) {
            return Err(TransferError::Bucket { status, code: None });
        }
        let objects = self.objects.borrow();
        let object = &objects[job.url.trim_start_matches("/get/")];
        if object.etag != job.etag {
            return Err(TransferError::Bucket {
                status: 412,
                code: None,
            });
        }
        let whole = object.whole.as_ref().expect("it is committed");
        let (start, end) = (job.records.start * size::R, job.records.end * size::R);
        let total = whole.len() as u64;
        let stored = &whole[start.min(total) as usize..end.min(total) as usize];
        let bytes = match job.known {
            Some(known) => known.bytes,
            None => *stored.first_chunk().ok_or(TransferError::NotWhatWasSealed)?,
        };
        let id = job.object_id.as_bytes();
        let mut reader = ObjectReader::open(id, &job.fek, job.stream_len, job.kind, &bytes, total)?;
        let content_len = match job.known {
            Some(known) => known.content_len,
            None => {
                let at = reader.sealed_range(0).expect("there is a record 0");
                reader.open_first(&stored[at.start as usize..at.end as usize])?
            }
        };
        reader.expect_content_len(content_len)?;
        let content = reader.open_run(start, stored)?.content;
        let is_group = job.records.start.is_multiple_of(40)
            && (job.records.end.is_multiple_of(40) || job.records.end == reader.records());
        let len = content.len();
        Ok(OpenedRange {
            content: Plain(Rc::new(content), 0..len),
            header: OpenedHeader { bytes, content_len },
            digest: is_group.then(|| hash_groups(stored)[0]),
        })
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.now() + duration;
        poll_fn(|context| {
            if self.now() >= until {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    fn now(&self) -> Duration {
        // Time passes only when it is read, so a slow machine cannot jump over a bound.
        let now = Instant::now();
        let (last, passed) = self.clock.get().unwrap_or((now, Duration::ZERO));
        let passed = passed + (now - last).min(MOST_AT_A_LOOK) * FASTER;
        self.clock.set(Some((now, passed)));
        passed
    }

    fn is_online(&self) -> bool {
        !self.offline.get()
    }

    async fn wait_online(&self) {
        self.sleep(Duration::from_secs(300)).await;
        self.offline.set(false);
    }

    fn normalize_nfc(&self, text: &str) -> String {
        text.nfc().collect()
    }

    fn normalize_nfkc(&self, text: &str) -> String {
        text.nfkc().collect()
    }
}
