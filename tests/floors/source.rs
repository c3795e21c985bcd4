//! What a source file names: every path, made absolute as far as `crate`, `self` and `super` go.

use std::path::Path;
use std::sync::OnceLock;

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// A path and where it stands.
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) line: usize,
}

/// A source file.
pub(crate) struct File {
    /// Path below the repository.
    pub(crate) name: String,
    /// The top-level module that it belongs to.
    pub(crate) top: String,
    /// Paths as they are named.
    pub(crate) paths: Vec<Seen>,
    /// Paths that begin with an imported name, with the import put in for it.
    pub(crate) expanded: Vec<Seen>,
    /// Lines with async code.
    pub(crate) asyncs: Vec<usize>,
    /// The module that the visitor is in.
    module: Vec<String>,
}

/// Every file of `src`.
pub(crate) fn read() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(read_all)
}

fn read_all() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                files.push(parse(&name, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(files.len() > 50, "the source is found");
    files
}

/// One file; its module follows from its name.
pub(crate) fn parse(name: &str, text: &str) -> File {
    let stem = name.trim_start_matches("src/").trim_end_matches(".rs");
    let mut module: Vec<String> = stem.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    let top = module[0].clone();
    if ["lib", "main"].contains(&top.as_str()) {
        module.clear();
    }
    let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut file = File { name: name.to_owned(), top, paths: vec![], expanded: vec![], asyncs: vec![], module };
    file.visit_file(&syntax);
    file.expand();
    file
}

impl File {
    fn add(&mut self, parts: &[String], line: usize) {
        let mut path: Vec<String> = match parts.first().map(String::as_str) {
            Some("self" | "super") => {
                let mut base = self.module.clone();
                for part in parts {
                    match part.as_str() {
                        "super" => drop(base.pop()),
                        "self" => {}
                        _ => break,
                    }
                }
                std::iter::once("crate".to_owned()).chain(base).collect()
            }
            _ => Vec::new(),
        };
        path.extend(parts.iter().filter(|part| !["self", "super"].contains(&part.as_str())).cloned());
        self.paths.push(Seen { path: path.join("::"), line });
    }

    fn tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            syn::UseTree::Name(name) => self.add(&with(&name.ident), name.span().start().line),
            syn::UseTree::Rename(name) => self.add(&with(&name.ident), name.span().start().line),
            syn::UseTree::Glob(glob) => {
                self.add(&[before, &["*".to_owned()]].concat(), glob.span().start().line);
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(item, before)),
        }
    }

    fn expand(&mut self) {
        let imports: Vec<(String, String)> = self
            .paths
            .iter()
            .filter_map(|seen| Some((seen.path.rsplit_once("::")?.1.to_owned(), seen.path.clone())))
            .collect();
        for seen in &self.paths {
            let (first, rest) = seen.path.split_once("::").unwrap_or((&seen.path, ""));
            for (_, import) in imports.iter().filter(|(name, _)| name == first) {
                let path = format!("{import}::{rest}").trim_end_matches("::").to_owned();
                self.expanded.push(Seen { path, line: seen.line });
            }
        }
    }
}

impl<'ast> Visit<'ast> for File {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(&parts, path.span().start().line);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        // What a macro makes of its tokens is its own affair, but a path in them is a path.
        let tokens: String = item.tokens.to_string().split_whitespace().collect();
        for rest in tokens.split("crate::").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            self.add(&["crate".to_owned(), name], item.span().start().line);
        }
        visit::visit_macro(self, item);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.asyncs.extend(signature.asyncness.as_ref().map(|word| word.span().start().line));
        visit::visit_signature(self, signature);
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.asyncs.push(block.span().start().line);
        visit::visit_expr_async(self, block);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.asyncs.extend(closure.asyncness.as_ref().map(|word| word.span().start().line));
        visit::visit_expr_closure(self, closure);
    }

    fn visit_expr_await(&mut self, wait: &'ast syn::ExprAwait) {
        self.asyncs.push(wait.span().start().line);
        visit::visit_expr_await(self, wait);
    }
}
