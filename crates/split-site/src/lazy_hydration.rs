//! Empties the functions of tachys that hydrate a page asynchronously. Every erased view of leptos 0.8 keeps a pointer to its own, so no
//! optimiser may drop them; only `hydrate_lazy` and lazy routes ever call one, and this program has neither. The next release of leptos
//! makes them a feature; until then they would be a sixth of what a page loads.
//!
//! Done before the split: the bodies would lie in the parts, and what only they use with them.

use std::ops::Range;

use anyhow::{Context as _, Result};
use wasmparser::{BinaryReader, KnownCustom, Name, Parser, Payload, RelocationEntry, TypeRef};

/// The mangled name of the method.
const METHOD: &str = "13hydrate_async";
/// The mangled end of the function that erases a view's type.
const ERASED: &str = "IntoAny$GT$8into_any";
/// The mangled name of a closure, which an async block is compiled to.
const CLOSURE: &str = "28_$u7b$$u7b$closure$u7d$$u7d$";

/// A module without those bodies.
pub(crate) struct Emptied {
    pub(crate) module: Vec<u8>,
    /// How many there were.
    pub(crate) functions: usize,
}

/// Replaces each of these bodies by one that traps, of the same length, and drops its relocations.
///
/// # Errors
/// If it is no module, or one without names or relocations.
pub(crate) fn empty(linked: &[u8]) -> Result<Emptied> {
    let found = Found::read(linked)?;
    let mut module = linked.to_vec();
    for body in &found.bodies {
        // No locals, `unreachable`, `nop` as often as it takes, `end`.
        let body = &mut module[body.clone()];
        let last = body.len().checked_sub(1).context("a body without an end")?;
        body.fill(0x01);
        body[..2].fill(0x00);
        body[last] = 0x0b;
    }
    let (section, content) = found.relocations.context("no relocations: link with --emit-relocs")?;
    let kept = without(&content, &found.bodies, found.code_begins)?;
    let mut whole = module[..section.start].to_vec();
    whole.push(0x00);
    whole.extend(leb(kept.len()));
    whole.extend(kept);
    whole.extend_from_slice(&module[section.end..]);
    Ok(Emptied {
        module: whole,
        functions: found.bodies.len(),
    })
}

/// What has to be changed in a module.
struct Found<'a> {
    /// Where the functions' bodies are.
    bodies: Vec<Range<usize>>,
    /// Where the content of the section of code begins: relocations count from there.
    code_begins: usize,
    /// The whole section of the code's relocations, and what follows its name.
    relocations: Option<(Range<usize>, Relocations<'a>)>,
}

struct Relocations<'a> {
    /// From the length of the name on.
    named: &'a [u8],
    /// The index of the section that they are of.
    section: u32,
    /// Offset in the section of code and written form of each.
    entries: Vec<(u32, &'a [u8])>,
}

impl<'a> Found<'a> {
    fn read(linked: &'a [u8]) -> Result<Self> {
        let mut imported = 0;
        let mut code_begins = 0;
        let mut all_bodies = Vec::new();
        let mut lazy = Vec::new();
        let mut relocations = None;
        let mut section_begins = 8;
        for payload in Parser::new(0).parse_all(linked) {
            let payload = payload?;
            match &payload {
                Payload::ImportSection(imports) => {
                    for import in imports.clone().into_imports() {
                        imported += usize::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => code_begins = usize_of(range.start)?,
                Payload::CodeSectionEntry(body) => {
                    let range = body.range();
                    all_bodies.push(usize_of(range.start)?..usize_of(range.end)?);
                }
                Payload::CustomSection(custom) => match custom.as_known() {
                    KnownCustom::Name(names) => {
                        for name in names {
                            if let Name::Function(functions) = name? {
                                for function in functions {
                                    let function = function?;
                                    if is_lazy(function.name) {
                                        lazy.push(function.index);
                                    }
                                }
                            }
                        }
                    }
                    KnownCustom::Reloc(_) if custom.name() == "reloc.CODE" => {
                        let range = custom.range();
                        let end = usize_of(range.end)?;
                        let named = &linked[usize_of(range.start)?..end];
                        relocations = Some((section_begins..end, Relocations::read(named, custom.data())?));
                    }
                    _ => {}
                },
                _ => {}
            }
            if let Some((_, range)) = payload.as_section() {
                section_begins = usize_of(range.end)?;
            }
        }
        let bodies = lazy
            .into_iter()
            .filter_map(|index| all_bodies.get((index as usize).checked_sub(imported)?).cloned())
            .collect();
        Ok(Self {
            bodies,
            code_begins,
            relocations,
        })
    }
}

impl<'a> Relocations<'a> {
    /// Reads them from a custom section; `named` is all of it, `data` what follows its name.
    fn read(named: &'a [u8], data: &'a [u8]) -> Result<Self> {
        let name = &named[..named.len() - data.len()];
        let mut reader = BinaryReader::new(data, 0);
        let section = reader.read_var_u32()?;
        let count = reader.read_var_u32()?;
        let mut entries = Vec::new();
        for _ in 0..count {
            let begins = usize_of(reader.original_position())?;
            let entry = reader.read::<RelocationEntry>()?;
            let ends = usize_of(reader.original_position())?;
            entries.push((entry.offset, &data[begins..ends]));
        }
        Ok(Self {
            named: name,
            section,
            entries,
        })
    }
}

/// The content of their section, without those inside of `bodies`.
fn without(relocations: &Relocations<'_>, bodies: &[Range<usize>], code_begins: usize) -> Result<Vec<u8>> {
    let mut bodies: Vec<_> = bodies.to_vec();
    bodies.sort_by_key(|body| body.start);
    let is_inside = |offset: u32| {
        let at = code_begins + offset as usize;
        let next = bodies.partition_point(|body| body.end <= at);
        bodies.get(next).is_some_and(|body| body.contains(&at))
    };
    let kept: Vec<_> = relocations
        .entries
        .iter()
        .filter(|(offset, _)| !is_inside(*offset))
        .collect();
    let mut content = relocations.named.to_vec();
    content.extend(leb(usize::try_from(relocations.section)?));
    content.extend(leb(kept.len()));
    for (_, entry) in kept {
        content.extend_from_slice(entry);
    }
    Ok(content)
}

/// Whether this is the body of an asynchronous hydration: the future itself, or what boxes it for an erased view; never the glue that
/// drops one, which the linker may have merged with that of another type.
fn is_lazy(mangled: &str) -> bool {
    let Some((of, rest)) = mangled.rsplit_once(METHOD) else {
        return false;
    };
    let closures = rest.rfind("17h").map(|hash| &rest[..hash]);
    closures.is_some_and(|text| {
        if text.is_empty() {
            of.ends_with(ERASED)
        } else {
            text.replace(CLOSURE, "").is_empty()
        }
    })
}

/// An unsigned number as WebAssembly writes it (LEB128).
fn leb(mut number: usize) -> Vec<u8> {
    let mut written = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            written.push(low);
            return written;
        }
        written.push(low | 0x80);
    }
}

fn usize_of(offset: u64) -> Result<usize> {
    usize::try_from(offset).context("a module of more bytes than fit in memory")
}

#[cfg(test)]
mod tests {
    use wasmparser::Validator;

    use super::*;

    const LAZY: &str = "_ZN6tachys4view13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE";
    const OTHER: &str = "_ZN6tachys4view7hydrate17h0123456789abcdefE";

    fn section(id: u8, content: &[u8]) -> Vec<u8> {
        [vec![id], leb(content.len()), content.to_vec()].concat()
    }

    fn named(name: &str, content: &[u8]) -> Vec<u8> {
        let content = [leb(name.len()), name.as_bytes().to_vec(), content.to_vec()].concat();
        section(0, &content)
    }

    /// Two functions that call the first one, the second of them with this name; a relocation in each.
    fn module(name: &str) -> Vec<u8> {
        let body = [0x08, 0x00, 0x10, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0b];
        let code = [vec![2], body.to_vec(), body.to_vec()].concat();
        let names = [vec![1], leb(name.len()), name.as_bytes().to_vec()].concat();
        let functions = [vec![1], names].concat();
        let relocations = [3, 2, 0, 4, 0, 0, 13, 0];
        [
            b"\0asm\x01\0\0\0".to_vec(),
            section(1, &[1, 0x60, 0, 0]),
            section(3, &[2, 0, 0]),
            section(10, &code),
            named("reloc.CODE", &relocations),
            named("name", &section(1, &functions)),
        ]
        .concat()
    }

    #[test]
    fn the_body_traps_and_its_relocations_are_gone() -> Result<()> {
        let linked = module(LAZY);
        let emptied = empty(&linked)?;
        Validator::new().validate_all(&emptied.module)?;
        assert_eq!(emptied.functions, 1);
        let at = |needle: &[u8]| emptied.module.windows(needle.len()).position(|found| found == needle);
        assert!(
            at(&[0x08, 0x00, 0x00, 0x01, 0x01, 0x01, 0x01, 0x01, 0x0b]).is_some(),
            "a trap, as long as the body was"
        );
        assert!(
            at(&[0x10, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0b]).is_some(),
            "the other body is as it was"
        );
        let kept = named("reloc.CODE", &[3, 1, 0, 4, 0]);
        assert!(at(&kept).is_some(), "one relocation is left, that of the first body");
        Ok(())
    }

    #[test]
    fn nothing_else_is_touched() -> Result<()> {
        let linked = module(OTHER);
        let emptied = empty(&linked)?;
        assert_eq!((emptied.functions, emptied.module), (0, linked));
        Ok(())
    }

    #[test]
    fn only_the_future_itself_is_meant() {
        assert!(is_lazy(LAZY));
        assert!(is_lazy(
            "_ZN53_$LT$T$u20$as$u20$tachys..view..any_view..IntoAny$GT$8into_any13hydrate_async17h0123456789abcdefE"
        ));
        for other in [
            OTHER,
            "_ZN6tachys4view13hydrate_async17h0123456789abcdefE",
            "_ZN4core3ptr60drop_in_place$LT$tachys..hydrate_async..$u7b$$u7b$closure$u7d$$u7d$$GT$17h0123456789abcdefE",
            "_ZN6tachys4view13hydrate_async5other28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE",
        ] {
            assert!(!is_lazy(other), "{other}");
        }
    }
}
