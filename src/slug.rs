//! Names that a person can read and type, made from a text.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::card::content_key;

/// So many digits of a hash stand for what a name leaves out.
const DIGITS: usize = 4;

/// Returns a text as files and ids can have it: small letters, digits and hyphens, 60 at most;
/// `None` if nothing is left.
pub fn slug(text: &str) -> Option<String> {
    let mut slug = String::new();
    for char in text.nfkd().flat_map(char::to_lowercase) {
        if char.is_ascii_alphanumeric() {
            slug.push(char);
        } else if !is_combining_mark(char) && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 60 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// Returns a slug of at most `longest` characters, with digits of a hash over `whole` behind it if
/// it does not say all that `text` says by `is_whole`; `None` if it would say nothing.
///
/// Ids of cards are made by this: it never changes.
pub fn abridged(
    text: &str,
    longest: usize,
    whole: &str,
    is_whole: impl Fn(&str) -> bool,
) -> Option<String> {
    let all = slug(text)?;
    if all.len() <= longest && is_whole(&all) {
        return Some(all);
    }
    let mut cut = all.get(..longest).unwrap_or(&all);
    if cut.len() < all.len()
        && let Some((words, _)) = cut.rsplit_once('-')
    {
        cut = words;
    }
    Some(format!("{cut}-{}", &content_key(&[whole])[..DIGITS]))
}

/// Whether the letters and digits of a text are all in its slug, but for their accents.
pub fn keeps_letters(text: &str) -> bool {
    let said = |char: &char| char.is_alphanumeric() && !is_combining_mark(*char);
    text.nfkd().filter(said).all(|char| char.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_of_small_letters_digits_and_hyphens() {
        for (text, wanted) in [
            ("SSO & SCIM!", Some("sso-scim")),
            ("Crème brûlée", Some("creme-brulee")),
            ("２ ½", Some("2-1-2")),
            ("ねこ", None),
            ("--", None),
        ] {
            assert_eq!(slug(text).as_deref(), wanted, "{text}");
        }
        assert_eq!(slug(&"ab ".repeat(50)).unwrap().len(), 59);
    }
}
