//! Which faults happen at which request: counts calls, and lets each fault happen as often as it may.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::kind::{Canned, FilmFault, Kind, Place, Spot};
use super::nasty::Nasty;
use super::said::Said;
use super::spec::Fault;
use super::stream::Spoil;
use crate::calls::Call;

/// The faults of a running sandbox.
pub(crate) struct Plan(Mutex<Vec<Counted>>);

struct Counted {
    fault: Fault,
    /// Calls that fitted so far.
    seen: u64,
}

impl Counted {
    /// Counts one more call and says whether the fault happens at it.
    fn happens(&mut self) -> bool {
        self.seen += 1;
        let nth = self.seen.checked_sub(self.fault.from);
        nth.is_some_and(|nth| self.fault.times.is_none_or(|times| nth < times))
    }
}

impl Plan {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        let plan = Self(Mutex::new(Vec::new()));
        plan.replace(faults);
        plan
    }

    /// Other faults from now on, counted from now.
    pub(crate) fn replace(&self, faults: Vec<Fault>) {
        *self.lock() = faults.into_iter().map(|fault| Counted { fault, seen: 0 }).collect();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the connection just made is reset.
    pub(crate) fn reset_at_connect(&self) -> bool {
        let mut reset = false;
        for counted in
            self.lock().iter_mut().filter(|counted| counted.fault.kind == Kind::Reset(Place::Connect))
        {
            reset |= counted.happens();
        }
        reset
    }

    /// What goes wrong at this request of that call.
    pub(crate) fn take(&self, call: Call) -> Hits {
        let mut plan = self.lock();
        let fitting = plan.iter_mut().filter(|counted| {
            counted.fault.call.is_none_or(|wanted| wanted == call)
                && counted.fault.kind != Kind::Reset(Place::Connect)
        });
        Hits(fitting.filter_map(|counted| counted.happens().then(|| counted.fault.clone())).collect())
    }
}

/// What goes wrong at one request.
#[derive(Clone, Debug)]
pub(crate) struct Hits(Vec<Fault>);

impl Hits {
    fn find<T>(&self, late: bool, pick: impl Fn(&Kind) -> Option<T>) -> Option<T> {
        self.0.iter().filter(|fault| fault.late == late).find_map(|fault| pick(&fault.kind))
    }

    /// Whether that very kind happens.
    pub(crate) fn has(&self, kind: &Kind) -> bool {
        self.0.iter().any(|fault| !fault.late && fault.kind == *kind)
    }

    /// How long is waited, before or after carrying the call out.
    pub(crate) fn delay(&self, late: bool) -> Duration {
        let delays = self.0.iter().filter(|fault| fault.late == late);
        delays.map(|fault| if let Kind::Delay(delay) = fault.kind { delay } else { Duration::ZERO }).sum()
    }

    /// Whether it hangs, before or after carrying the call out.
    pub(crate) fn hang(&self, late: bool) -> bool {
        self.find(late, |kind| (*kind == Kind::Hang).then_some(())).is_some()
    }

    /// What is answered in place of the call's own answer.
    pub(crate) fn canned(&self, late: bool) -> Option<Canned> {
        self.find(late, |kind| if let Kind::Canned(canned) = kind { Some(canned.clone()) } else { None })
    }

    /// What is nasty about the answer, in the order given.
    pub(crate) fn nasty(&self) -> impl Iterator<Item = &Nasty> {
        self.0
            .iter()
            .filter_map(|fault| if let Kind::Nasty(nasty) = &fault.kind { Some(nasty) } else { None })
    }

    /// Whether the connection is closed once the headers came.
    pub(crate) fn close(&self, reused: bool) -> bool {
        self.has(&Kind::Close(false)) || (reused && self.has(&Kind::Close(true)))
    }

    /// Where in the request it is reset.
    pub(crate) fn reset(&self) -> Option<Place> {
        self.find(false, |kind| if let Kind::Reset(place) = kind { Some(*place) } else { None })
    }

    /// Where in the answer it breaks, and whether by a reset.
    pub(crate) fn break_answer(&self) -> Option<(Place, bool)> {
        self.find(false, |kind| match kind {
            Kind::Break(place) => Some((*place, true)),
            Kind::Cut(place) => Some((*place, false)),
            _ => None,
        })
    }

    /// The pause between the answer's bytes.
    pub(crate) fn drip(&self) -> Option<Duration> {
        self.find(false, |kind| if let Kind::Drip(pause) = kind { Some(*pause) } else { None })
    }

    /// Where the address of the film stands, if not where the options' shape has it.
    pub(crate) fn place(&self) -> Option<Spot> {
        self.find(false, |kind| if let Kind::Place(spot) = kind { Some(*spot) } else { None })
    }

    /// What is wrong with the film that is sent.
    pub(crate) fn film(&self) -> Vec<FilmFault> {
        let film = |fault: &Fault| if let Kind::Film(film) = &fault.kind { Some(film.clone()) } else { None };
        self.0.iter().filter_map(film).collect()
    }

    /// What is done to a message's stream.
    pub(crate) fn spoils(&self) -> impl Iterator<Item = &Spoil> {
        self.0
            .iter()
            .filter_map(|fault| if let Kind::Stream(spoil) = &fault.kind { Some(spoil) } else { None })
    }

    /// What a run says in place of its usual words.
    pub(crate) fn says(&self) -> Option<Said> {
        self.spoils().find_map(|spoil| if let Spoil::Says(said) = spoil { Some(*said) } else { None })
    }

    /// A code as a stream's only frame, and whether the message is charged all the same.
    pub(crate) fn frame(&self) -> Option<(String, bool)> {
        self.0.iter().find_map(|fault| {
            if let Kind::Frame(code) = &fault.kind { Some((code.clone(), fault.late)) } else { None }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_happens_from_the_kth_fitting_call_on_and_n_times() {
        let plan = Plan::new(vec!["state:hang@2x2".parse().unwrap(), "any:lostx1".parse().unwrap()]);
        assert!(plan.take(Call::Upload).has(&Kind::Lost));
        let hangs: Vec<bool> = (0..5).map(|_| plan.take(Call::State).hang(false)).collect();
        assert_eq!(hangs, [false, true, true, false, false]);
        assert!(!plan.take(Call::Upload).has(&Kind::Lost));
    }

    #[test]
    fn the_first_answer_wins_and_delays_add_up() {
        let texts = ["any:status=500", "any:code=2001", "any:delay=1s", "any:delay=2s", "any:late-delay=3s"];
        let hits = Plan::new(texts.iter().map(|text| text.parse().unwrap()).collect()).take(Call::Message);
        assert_eq!(hits.canned(false), Some(Canned::Status(hyper::StatusCode::INTERNAL_SERVER_ERROR)));
        assert_eq!(hits.canned(true), None);
        assert_eq!(hits.delay(false), Duration::from_secs(3));
        assert_eq!(hits.delay(true), Duration::from_secs(3));
    }
}
