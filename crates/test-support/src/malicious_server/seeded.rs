//! Numbers that look random and are the same for the same seed.

/// xorshift64*: enough to choose where to flip a bit, and nothing else.
#[derive(Debug, Clone)]
pub struct Seeded(u64);

impl Seeded {
    /// Starts at a seed; 0 is as good as any.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    /// The next number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16) as usize % end
    }
}
