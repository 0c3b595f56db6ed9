use sealdrop_crypto::*;

fn main() {
    let fek = Fek([0; 32]);
    let object = make_object().expect("random");
    println!("{}", object.fek().0[0]);
    println!("{:?} {:?}", object.fek().bytes(), fek);
}
