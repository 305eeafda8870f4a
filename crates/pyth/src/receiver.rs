//! The program that owns price updates.

/// Id of Pyth's receiver program, `rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ`.
///
/// Only an account of this owner is a price update: any program can write the same bytes.
pub const RECEIVER_PROGRAM: [u8; 32] = [
    12, 183, 250, 187, 82, 247, 166, 72, 187, 91, 49, 125, 154, 1, 139, 144, 87, 203, 2, 71, 116, 250, 254, 1, 230,
    196, 223, 152, 204, 56, 88, 129,
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
    fn id_is_the_published_address() {
        let published = base58_decode("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ");
        assert_eq!(RECEIVER_PROGRAM, published);
    }
}
