//! Enums in the interface description.

/// Declares an enum and describes it. The framework's derive writes an enum's variants under the name that a struct's fields
/// have, which no reader of descriptions accepts: here it describes a twin, and the name is put right.
macro_rules! described_enum {
    ($twin:ident, $(#[$meta:meta])* $visibility:vis enum $name:ident { $($variants:tt)* }) => {
        $(#[$meta])*
        $visibility enum $name { $($variants)* }

        #[cfg(feature = "idl-build")]
        #[allow(dead_code, reason = "the twin is described and never made")]
        mod $twin {
            use super::*;

            #[derive(IdlType)]
            pub enum $name { $($variants)* }
        }

        #[cfg(feature = "idl-build")]
        impl anchor_lang::IdlAccountType for $name {
            fn __idl_type_def() -> Option<&'static str> {
                let described = <$twin::$name as anchor_lang::IdlAccountType>::__idl_type_def()?;
                let described = described.replacen("\"type\":{\"fields\":[", "\"type\":{\"variants\":[", 1);
                Some(alloc::boxed::Box::leak(described.into_boxed_str()))
            }

            fn __register_idl_deps(
                accounts: &mut alloc::vec::Vec<&'static str>,
                types: &mut alloc::vec::Vec<&'static str>,
            ) {
                let first = types.len();
                <$twin::$name as anchor_lang::IdlAccountType>::__register_idl_deps(accounts, types);
                // The first that the twin registers is itself.
                if let (Some(own), Some(described)) = (types.get_mut(first), Self::__idl_type_def()) {
                    *own = described;
                }
            }
        }
    };
}

pub(crate) use described_enum;
