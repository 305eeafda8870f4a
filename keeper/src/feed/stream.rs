//! The subscriptions of one connection, as one stream of notices.

use super::decode::{ChainClock, feed_payload, program_payload};
use super::{Payload, Source};
use futures_util::stream::{BoxStream, SelectAll, StreamExt};
use solana_account_decoder_client_types::UiAccountEncoding;
use solana_commitment_config::CommitmentConfig;
use solana_pubsub_client::nonblocking::pubsub_client::{PubsubClient, PubsubClientError};
use solana_rpc_client_api::config::{RpcAccountInfoConfig, RpcProgramAccountsConfig};
use solana_sdk_ids::sysvar;
use tenor_sdk::MARGIN_PROGRAM;

/// One message of the node.
pub(super) enum Notice {
    /// The chain moves on.
    Slot(u64),
    /// Something was seen, at the slot that the node states.
    Seen { stated_slot: u64, payload: Payload },
    /// The clock could not be read.
    OddClock,
}

/// Subscribes to everything that the keeper watches.
pub(super) async fn subscribe<'a>(
    client: &'a PubsubClient,
    source: &Source,
) -> Result<SelectAll<BoxStream<'a, Notice>>, PubsubClientError> {
    let config = account_config(source.client.rpc().commitment());
    let mut notices = SelectAll::new();

    let (slots, _) = client.slot_subscribe().await?;
    notices.push(slots.map(|info| Notice::Slot(info.slot)).boxed());

    let program_config = RpcProgramAccountsConfig {
        account_config: config.clone(),
        ..Default::default()
    };
    let (accounts, _) = client.program_subscribe(&MARGIN_PROGRAM, Some(program_config)).await?;
    notices.push(
        accounts
            .map(|message| Notice::Seen {
                stated_slot: message.context.slot,
                payload: match message.value.pubkey.parse() {
                    Ok(address) => program_payload(address, &message.value.account),
                    Err(_) => Payload::Unreadable {
                        address: MARGIN_PROGRAM,
                        reason: format!("{:?} is not an address", message.value.pubkey),
                    },
                },
            })
            .boxed(),
    );

    for address in source.feeds.iter().copied() {
        let (feed, _) = client.account_subscribe(&address, Some(config.clone())).await?;
        notices.push(
            feed.map(move |message| Notice::Seen {
                stated_slot: message.context.slot,
                payload: feed_payload(address, &message.value),
            })
            .boxed(),
        );
    }

    let (clock, _) = client.account_subscribe(&sysvar::clock::ID, Some(config)).await?;
    notices.push(
        clock
            .map(
                |message| match message.value.data.decode().as_deref().and_then(ChainClock::read) {
                    Some(clock) => Notice::Seen {
                        stated_slot: clock.slot,
                        payload: Payload::Clock { now: clock.now },
                    },
                    None => Notice::OddClock,
                },
            )
            .boxed(),
    );
    Ok(notices)
}

fn account_config(commitment: CommitmentConfig) -> RpcAccountInfoConfig {
    RpcAccountInfoConfig {
        encoding: Some(UiAccountEncoding::Base64),
        commitment: Some(commitment),
        ..RpcAccountInfoConfig::default()
    }
}
