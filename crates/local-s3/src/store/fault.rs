//! The moments at which a process may die, so that tests can make it die there.

/// A moment between two effects on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    BodyOpened,
    BodyWritten,
    PartRenamed,
    PartDurable,
    UploadFolderMade,
    UploadRecorded,
    ManifestWritten,
    ManifestRenamed,
    /// Before each sync that confirms a manifest, the writer's and a reader's.
    ManifestSynced,
    ManifestDurable,
    UploadRecordRemoved,
    UploadAborted,
    ManifestRemoved,
    DeleteDurable,
}

/// Does nothing outside of tests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    #[cfg(test)]
    pub(crate) at: Option<(Step, Fault)>,
}

/// What happens at the chosen step.
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The process ends without any clean-up, as by `kill -9`.
    Die,
    /// The disk says that it is full.
    DiskFull,
}

impl Faults {
    #[cfg(not(test))]
    #[inline]
    pub(crate) fn pass(&self, _: Step) -> std::io::Result<()> {
        Ok(())
    }

    #[cfg(test)]
    pub(crate) fn pass(&self, step: Step) -> std::io::Result<()> {
        match self.at {
            Some((at, Fault::Die)) if at == step => std::process::abort(),
            Some((at, Fault::DiskFull)) if at == step => Err(std::io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }
}
