//! The keys of the local network. They are derived from public words, so that a deployment file can name them: they
//! guard nothing.

use sha2::{Digest, Sha256};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use tenor_report::Actor;

/// Who signs on the local network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Upgrade authority of the program.
    Upgrade,
    /// Admin of the house.
    Admin,
    /// Guardian of the house.
    Guardian,
    /// Posts surface slices.
    Surface,
    /// Sells options; is liquidated.
    Writer,
    /// Buys them.
    Buyer,
    /// Borrows USDC against SOL.
    Borrower,
    /// The keeper's key: signs, pays, and owns the account that takes slices.
    Liquidator,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Upgrade,
        Self::Admin,
        Self::Guardian,
        Self::Surface,
        Self::Writer,
        Self::Buyer,
        Self::Borrower,
        Self::Liquidator,
    ];

    /// The role's key.
    pub fn keypair(self) -> Keypair {
        let word = match self {
            Self::Upgrade => "upgrade",
            Self::Admin => "admin",
            Self::Guardian => "guardian",
            Self::Surface => "surface",
            Self::Writer => "writer",
            Self::Buyer => "buyer",
            Self::Borrower => "borrower",
            Self::Liquidator => "liquidator",
        };
        Keypair::new_from_array(Sha256::digest(format!("tenor localnet {word}")).into())
    }

    /// Its address.
    pub fn address(self) -> Pubkey {
        self.keypair().pubkey()
    }

    /// How the record names it.
    pub const fn actor(self) -> Actor {
        match self {
            Self::Upgrade | Self::Admin | Self::Guardian | Self::Surface => Actor::Operator,
            Self::Writer => Actor::Writer,
            Self::Buyer => Actor::Buyer,
            Self::Borrower => Actor::Borrower,
            Self::Liquidator => Actor::Liquidator,
        }
    }

    /// The role of an address.
    pub fn of(address: &Pubkey) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.address() == *address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenor_migrations::{Deployment, LOCALNET};

    #[test]
    fn the_deployment_names_the_derived_keys() {
        let authorities = Deployment::parse(LOCALNET).unwrap().authorities;
        let named = [
            authorities.upgrade,
            authorities.admin,
            authorities.guardian,
            authorities.surface,
        ];
        let derived = [Role::Upgrade, Role::Admin, Role::Guardian, Role::Surface];
        assert_eq!(named.map(|key| key.0), derived.map(Role::address));
    }
}
