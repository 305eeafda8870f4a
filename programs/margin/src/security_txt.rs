//! Whom to tell about a hole, inside the binary itself: whoever finds one has the program and nothing else.
//!
//! The format is that of `security.txt` for programs: keys and values separated by zeros between two marks. Tools search
//! the bytes for the marks.

/// Contacts and policy.
#[cfg(not(feature = "no-entrypoint"))]
#[used]
static SECURITY_TXT: [u8; TEXT.len()] = *TEXT;

/// The text between its marks.
pub const TEXT: &[u8; 406] = b"=======BEGIN SECURITY.TXT V1=======\0\
name\0Tenor clearing house\0\
project_url\0https://tenor.example\0\
contacts\0email:security@tenor.example,link:https://tenor.example/security\0\
policy\0Report privately; paths that need a stolen admin, guardian, surface or upgrade key are in scope. See SECURITY.md\0\
preferred_languages\0en\0\
source_code\0https://tenor.example/source\0\
auditors\0none yet\0\
=======END SECURITY.TXT V1=======\0";
