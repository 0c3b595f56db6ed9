use sealdrop_crypto::*;

fn needs<T: core::fmt::Display>() {}

fn main() {
    needs::<Fek>();
    needs::<Amk>();
    needs::<Kek>();
    needs::<Gate>();
    needs::<LinkSecret>();
    needs::<PayloadKey>();
    needs::<LinkAuth>();
    needs::<DeviceKey>();
    needs::<RecoverySecret>();
    needs::<ItemKey>();
    needs::<PrfOutput>();
    needs::<ObjectIdentity>();
}
