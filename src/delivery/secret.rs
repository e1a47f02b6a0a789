//! A password or a token that nothing shows by accident.

use std::fmt;

/// A secret. Neither `Debug` nor any error shows it; there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes what was read from a file or the environment, without the line end that editors and `echo` leave behind.
    pub fn new(text: impl Into<String>) -> Self {
        let mut text = text.into();
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
        Self(text)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The secret itself, for the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Secret::new("correct horse\r\n");
        assert_eq!(format!("{secret:?} {:?}", Some(secret.clone())), "Secret(…) Some(Secret(…))");
        assert_eq!(secret.reveal(), "correct horse");
    }

    #[test]
    fn blanks_belong_to_a_secret_and_line_ends_do_not() {
        assert_eq!(Secret::new(" a b \n").reveal(), " a b ");
        assert!(Secret::new("\n").is_empty() && !Secret::new(" ").is_empty());
    }
}
