//! The programs that own prices.

/// Id of Pyth's receiver program, `rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ`.
///
/// Only an account of this owner is a price update: any program can write the same bytes. One id is known: a receiver
/// deployed under another one would have to be added here.
pub const RECEIVER_PROGRAM: [u8; 32] = [
    12, 183, 250, 187, 82, 247, 166, 72, 187, 91, 49, 125, 154, 1, 139, 144, 87, 203, 2, 71, 116, 250, 254, 1, 230,
    196, 223, 152, 204, 56, 88, 129,
];

/// Id of Pyth's push oracle on the main network, `FsJ3A3u2vn5cTVofAjvy6y5kwABJAqYWpe4975bi2epH`, as Pyth's clients name it
/// (`getPythProgramKeyForCluster` of `@pythnetwork/client`).
///
/// Its accounts are not to be mistaken for the "price feed accounts" that newer documents call push feeds: those hold a
/// `PriceUpdateV2` and belong to [`RECEIVER_PROGRAM`].
pub const PUSH_PROGRAM: [u8; 32] = [
    220, 229, 235, 225, 228, 156, 59, 159, 17, 76, 181, 84, 76, 80, 169, 158, 192, 214, 146, 214, 63, 86, 121, 90, 224,
    41, 172, 131, 217, 234, 139, 226,
];

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a failing test may panic")]
mod tests {
    use super::*;

    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// The 32 bytes, big-endian, of a base58 number.
    fn base58_decode(text: &str) -> [u8; 32] {
        let mut bytes = [0_u8; 32];
        for symbol in text.bytes() {
            let mut carry = ALPHABET.iter().position(|&s| s == symbol).unwrap();
            for byte in bytes.iter_mut().rev() {
                carry += usize::from(*byte) * 58;
                *byte = u8::try_from(carry & 0xff).unwrap();
                carry >>= 8;
            }
            assert_eq!(carry, 0, "{text} is longer than 32 bytes");
        }
        bytes
    }

    #[test]
    fn ids_are_the_published_addresses() {
        let published = [
            (RECEIVER_PROGRAM, "rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ"),
            (PUSH_PROGRAM, "FsJ3A3u2vn5cTVofAjvy6y5kwABJAqYWpe4975bi2epH"),
        ];
        for (id, address) in published {
            assert_eq!(id, base58_decode(address));
        }
    }
}
