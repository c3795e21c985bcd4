//! The places at which a fault or a variation reaches into the server.
//!
//! Each variant is one hook, named after the moment at which it is called. A row of a catalogue holds a function for
//! one of them, so that a defect sits at the level where it would sit in a real server.

use http::StatusCode;
use serde_json::{Map, Value};

use super::auth::Access;
use super::message::{Answer, Request};
use super::options::Options;
use super::store::{Job, Key, State};
use super::wire::{After, Sent};

/// The properties of a job, or of a part of one.
pub(crate) type Object = Map<String, Value>;

/// One hook and what is done there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Effect {
    /// Changes the octets that arrive on the socket, in place.
    Inbound(fn(&mut [u8])),
    /// Changes a request before anything looks at it.
    Request(fn(&mut Request)),
    /// Changes what a request is found to address, knowing the jobs.
    Place(fn(&mut Request, &mut State)),
    /// Judges the credentials anew, knowing the sound judgement.
    Access(fn(&Request, Access, &Options) -> Access),
    /// Changes the parsed body before it is validated: how a lenient parser sees it.
    Parsed(fn(&mut Object)),
    /// Refuses a parsed body that the contract allows.
    Refuse(fn(&Object, &Request) -> Option<StatusCode>),
    /// Changes a valid update before it is stored.
    Change(fn(&mut Object)),
    /// Judges the preconditions anew, knowing the sound judgement.
    Condition(fn(bool, &Request, &Job) -> bool),
    /// Says of which updates the whole job is read, changed after a while and written back.
    Unguarded(fn(&Request) -> bool),
    /// Merges an update into a job in another way.
    Merge(fn(&mut Object, Object)),
    /// Happens in the store after an update.
    After(fn(&mut State, &Key, &Request)),
    /// Happens in the store once the answer to an update is made, so that the answer does not show it.
    Later(fn(&mut State, &Key, &Request)),
    /// Happens to the job when an update of it was refused.
    Refused(fn(StatusCode, &Request, &mut Job)),
    /// Makes another `ETag`.
    Tag(fn(&Job) -> String),
    /// Changes every picture of a job, in whatever answer it is.
    Shown(fn(&mut Object, &Job, &Request)),
    /// Changes the picture of a job in the answer to a GET.
    Read(fn(&mut Object, &Job, &Request)),
    /// Changes the picture of a job in the 200 answer to a PATCH.
    Entity(fn(&mut Object, &Request)),
    /// Changes the answer to a PATCH that succeeded.
    Updated(fn(&mut Answer, &Request)),
    /// Changes an answer with a status of 400 or above.
    Failed(fn(&mut Answer, &Request)),
    /// Changes every answer.
    Answer(fn(&mut Answer, &Request)),
    /// Changes the octets of an answer on their way to the socket.
    Outbound(fn(&mut Vec<u8>, &Sent) -> After),
    /// Turns on another course of action.
    Switch(Switch),
    /// Several of these at once.
    Several(&'static [Effect]),
}

/// A course of action that differs from the sound one in more than one function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Switch {
    /// Members are written one by one, and others may read in between.
    TornWrites,
    /// The members of `error` are written one by one, and others may read in between.
    TornErrors,
    /// The preconditions are judged, and the update is made after a while.
    JudgeThenAct,
    /// An update that arrives while another of the same job is under way is throttled.
    OneAtATime,
    /// An update that arrives while another of the same job is under way is confirmed but not stored.
    DropOverlapping,
    /// An answer shows the job that the latest request of the collection named.
    OneCurrentJob,
    /// As [`Switch::OneCurrentJob`], but only reads show it.
    OneCurrentJobInReads,
    /// Whoever knows the id of a job of the second tenant may update it.
    ForeignUpdates,
    /// Whoever knows the id of a job of the second tenant may read it.
    ForeignReads,
    /// An update of an unknown id creates the job.
    Upsert,
    /// As [`Switch::Upsert`], even under If-Match.
    UpsertUnderIfMatch,
    /// An update of a deleted job brings it back.
    DeletedComesBack,
    /// An update needs If-Match.
    IfMatchRequired,
    /// The member that comes last wins where a name occurs twice.
    LastDuplicateWins,
    /// Octets that are not UTF-8 are replaced.
    LossyText,
    /// What follows the JSON value is not read.
    PrefixOnly,
    /// Undeclared properties are stored and shown.
    OpenType,
    /// Undeclared properties are dropped.
    DropUnknown,
    /// Undeclared properties inside `error` are dropped.
    DropUnknownNested,
    /// Values are not checked against their types.
    NoTypes,
    /// Date-times are not checked.
    NoDates,
    /// Content that broke off is taken as whole.
    TakeIncomplete,
    /// The media type is not looked at.
    AnyMedia,
    /// PUT replaces the job.
    PutReplaces,
    /// Jobs cannot be read.
    NoReads,
    /// Annotations of type are not looked at.
    NoTypeNames,
    /// `"details": null` means `[]`.
    NullDetailsEmpty,
    /// A different id in the body is refused.
    RefuseOtherId,
    /// The jobs at the start are of derived types.
    DerivedJobs,
    /// An update of an unknown id is a conflict.
    ConflictForUnknown,
    /// The list of one tenant shows the jobs of all.
    ListsOfAllTenants,
    /// There is no OPTIONS.
    NoOptions,
}

/// The effects of one server, flat.
#[derive(Debug, Clone, Default)]
pub(crate) struct Effects(Vec<Effect>);

impl Effects {
    /// Collects the effects of the faults and variations.
    pub(crate) fn of(options: &Options) -> Self {
        let mut all = Vec::new();
        let faults = options.faults.iter().map(|fault| fault.apply);
        for effect in options.variations.iter().map(|variation| variation.apply).chain(faults) {
            match effect {
                Effect::Several(parts) => all.extend_from_slice(parts),
                one => all.push(one),
            }
        }
        Self(all)
    }

    /// All effects in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Effect> + '_ {
        self.0.iter().copied()
    }

    /// Whether a switch is on.
    pub(crate) fn on(&self, switch: Switch) -> bool {
        self.iter().any(|effect| matches!(effect, Effect::Switch(one) if one == switch))
    }

    /// Whether the octets on the socket are tampered with.
    pub(crate) fn on_wire(&self) -> bool {
        self.iter().any(|effect| matches!(effect, Effect::Inbound(_) | Effect::Outbound(_)))
    }
}
