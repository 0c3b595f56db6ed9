//! Which characters the name of a mailbox may have.

/// Characters of an unquoted local part, without the dot: `atext` (RFC 5322, 3.2.3), and what can be seen beyond ASCII.
pub(super) fn is_allowed(letter: char) -> bool {
    match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        '!' | '#' | '$' | '%' | '&' | '\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^' | '_' | '`' | '{' | '|' | '}'
        | '~' => true,
        _ => !letter.is_ascii() && !letter.is_control() && !letter.is_whitespace() && !is_ignorable(letter),
    }
}

/// Characters that nobody sees: `Default_Ignorable_Code_Point` (Unicode 16, `DerivedCoreProperties.txt`), line and direction marks
/// among them, the interlinear marks, and what is no character.
pub(super) fn is_ignorable(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}
