//! A set of patterns as a trie of their segments, walked once for an attempt whatever the number of patterns.
//!
//! The walk keeps the set of nodes that the segments read so far can have reached. A node enters the set at most once a segment, so a
//! hostile path cannot make it backtrack: the time is the number of segments times the number of patterns with wildcards that are still possible.

use super::reached::Reached;
use super::segment::{Segment, Wildcard};
use crate::map::OperatorMap;

const ROOT: u32 = 0;

/// Patterns by their segments. A pattern is known by the number that it was inserted with.
#[derive(Debug, Clone)]
pub(crate) struct Trie {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    literals: OperatorMap<Box<str>, u32>,
    wildcards: Vec<(Wildcard, u32)>,
    /// The child behind a `**` in the middle; it stays reached, whatever segment comes.
    crossing: Option<u32>,
    stays: bool,
    here: Vec<u32>,
    below: Vec<u32>,
}

impl Trie {
    pub(crate) fn new() -> Self {
        Trie {
            nodes: vec![Node::default()],
        }
    }

    /// Inserts a pattern that ends where its segments end, or (`below`) covers what lies below that.
    pub(crate) fn insert(&mut self, segments: &[Segment], ends: Ends, number: u32) {
        let place = segments
            .iter()
            .fold(ROOT, |node, segment| self.child(node, segment));
        let Some(node) = self.nodes.get_mut(place as usize) else {
            return;
        };
        if ends != Ends::Below {
            node.here.push(number);
        }
        if ends != Ends::Here {
            node.below.push(number);
        }
    }

    /// Calls `found` with the number of each pattern that covers the segments, perhaps more than once.
    pub(crate) fn visit<T: AsRef<str>>(
        &self,
        segments: impl Iterator<Item = T>,
        mut found: impl FnMut(u32),
    ) {
        if self.is_empty() {
            return;
        }
        let (mut reached, mut next) = (Reached::default(), Reached::default());
        self.reach(ROOT, &mut reached);
        for segment in segments {
            for node in reached
                .iter()
                .filter_map(|place| self.nodes.get(place as usize))
            {
                node.below.iter().copied().for_each(&mut found);
                self.step(node, segment.as_ref(), &mut next);
            }
            self.stay(&reached, &mut next);
            std::mem::swap(&mut reached, &mut next);
            next.clear();
            if reached.is_empty() {
                return;
            }
        }
        for node in reached
            .iter()
            .filter_map(|place| self.nodes.get(place as usize))
        {
            node.here.iter().copied().for_each(&mut found);
        }
    }

    /// Calls `found` with the number of each pattern that covers some name directly below the segments, whatever the name is.
    pub(crate) fn visit_inside<T: AsRef<str>>(
        &self,
        segments: impl Iterator<Item = T>,
        mut found: impl FnMut(u32),
    ) {
        let (mut reached, mut next) = (Reached::default(), Reached::default());
        self.reach(ROOT, &mut reached);
        for segment in segments {
            for node in self.nodes_of(&reached) {
                node.below.iter().copied().for_each(&mut found);
                self.step(node, segment.as_ref(), &mut next);
            }
            self.stay(&reached, &mut next);
            std::mem::swap(&mut reached, &mut next);
            next.clear();
        }
        for node in self.nodes_of(&reached) {
            node.below.iter().copied().for_each(&mut found);
            let children = node.literals.values();
            let children = children.chain(node.wildcards.iter().map(|(_, child)| child));
            for child in children.filter_map(|place| self.nodes.get(*place as usize)) {
                child.here.iter().copied().for_each(&mut found);
            }
        }
    }

    fn nodes_of(&self, reached: &Reached) -> impl Iterator<Item = &Node> {
        let places: Vec<u32> = reached.iter().collect();
        places
            .into_iter()
            .filter_map(|place| self.nodes.get(place as usize))
    }

    /// Whether no pattern was inserted.
    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.len() == 1
            && self
                .nodes
                .first()
                .is_some_and(|root| root.here.is_empty() && root.below.is_empty())
    }

    fn step(&self, node: &Node, segment: &str, next: &mut Reached) {
        if let Some(child) = node.literals.get(segment) {
            self.reach(*child, next);
        }
        for (wildcard, child) in &node.wildcards {
            if wildcard.covers(segment) {
                self.reach(*child, next);
            }
        }
    }

    fn stay(&self, reached: &Reached, next: &mut Reached) {
        for place in reached.iter() {
            if self
                .nodes
                .get(place as usize)
                .is_some_and(|node| node.stays)
                && !next.contains(place)
            {
                next.push(place);
            }
        }
    }

    /// A node is reached together with what its `**` leads to, which stands for zero segments too.
    fn reach(&self, place: u32, reached: &mut Reached) {
        reached.push(place);
        let crossing = self
            .nodes
            .get(place as usize)
            .and_then(|node| node.crossing);
        if let Some(crossing) = crossing.filter(|crossing| !reached.contains(*crossing)) {
            reached.push(crossing);
        }
    }

    fn child(&mut self, parent: u32, segment: &Segment) -> u32 {
        let new = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let Some(node) = self.nodes.get_mut(parent as usize) else {
            return ROOT;
        };
        let child = match segment {
            Segment::Literal(text) => *node.literals.entry(text.clone()).or_insert(new),
            Segment::Wildcard(wildcard) => {
                match node.wildcards.iter().find(|(known, _)| known == wildcard) {
                    Some((_, known)) => *known,
                    None => {
                        node.wildcards.push((wildcard.clone(), new));
                        new
                    }
                }
            }
            Segment::Crossing => *node.crossing.get_or_insert(new),
        };
        if child == new {
            self.nodes.push(Node {
                stays: *segment == Segment::Crossing,
                ..Node::default()
            });
        }
        child
    }
}

/// How far a pattern reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    /// What its segments name.
    Here,
    /// What lies below that (`data/**`).
    Below,
    /// Both: what a `!` covers.
    HereAndBelow,
}
