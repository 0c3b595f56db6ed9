//! A QR code as one path of an SVG: rows of dark modules become rectangles one unit high.

use fast_qr::{ECL, QRBuilder};

/// Blank modules around a code that scanners ask for are left to the tile it is drawn on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QrPath {
    /// Modules along a side.
    pub(crate) side: usize,
    /// The `d` attribute.
    pub(crate) path: String,
}

/// Encodes a text; `None` if it is longer than a code can hold (2,331 bytes at this level).
pub(crate) fn qr_path(text: &str) -> Option<QrPath> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let side = code.size;
    let mut path = String::new();
    for y in 0..side {
        let row = &code[y];
        let mut x = 0;
        while x < side {
            let from = x;
            while x < side && row[x].value() {
                x += 1;
            }
            if x > from {
                let len = x - from;
                path.push_str(&format!("M{from} {y}h{len}v1h-{len}z"));
            }
            x += 1;
        }
    }
    Some(QrPath { side, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_finder_patterns_are_where_they_belong() {
        let code = qr_path(
            "https://sealdrop.example/d/7hQ2vXc0RkS9mTqLw3bZfA#AQDk3v9QmW2pXzT8bYc6HnRj0LsEfUoGi4KaVt7dNqB5xMwPyCr",
        )
        .expect("a link fits");
        assert!(code.path.starts_with("M0 0h7v1h-7z"), "{}", &code.path[..40]);
        assert!(code.path.contains(&format!("M0 {}h7v1h-7z", code.side - 1)));
        assert!(code.side >= 21 && (code.side - 17).is_multiple_of(4));
    }

    #[test]
    fn too_much_is_no_code() {
        assert_eq!(qr_path(&"x".repeat(3000)), None);
    }
}
