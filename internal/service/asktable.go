package service

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A command makes a command of the register for its author.
type command = func(register.Author) register.Command

// An ask is an Ask with what it fits and what it comes to.
type ask struct {
	Ask

	// fits reports whether it is of use to a record as it is. The register judges it, whether or not it fits.
	fits     func(asking) bool
	inputs   func(asking) []Input
	commands func(asking, map[string]string) []command
	// before, if not nil, makes the last command out of more than the record, ahead of the transaction in which it is done. It returns
	// the version of the record that the command is about.
	before func(ctx context.Context, a *Acts, id string) (last command, about int64, err error)
	// filing, if not nil, makes the commands in the place of commands: it may file another record in the same transaction.
	filing func(ctx context.Context, t *store.Tx, x asking, by By, in map[string]string) ([]command, error)
	// together are the inputs with which it is asked of several records at once; nil if it is a judgement about one record.
	together func([]asking) []Input
}

// asks lists everything that a person may ask of a record, in the order in which people are shown it.
func asks() []ask {
	all := slices.Concat(askedOfValues(), askedOfSteps(), askedOfDecisions(), askedOfDates(), askedOfOthers(), askedOfEvaluation(), askedOfReviews())
	for i := range all {
		all[i].Several = all[i].together != nil
	}
	return all
}

func fixed(inputs ...Input) func(asking) []Input { return func(asking) []Input { return inputs } }

func always(asking) bool { return true }

func open(x asking) bool { return !x.r.State.Ended() }

func over(x asking) bool { return x.r.State.Ended() }

// work reports whether a record is open and of a kind that is worked on, with a plan and a review.
func work(x asking) bool { return open(x) && !x.r.Kind().Evaluates() }

func waits(x asking) bool { return len(x.waiting()) > 0 }

// Judge is a decision about a record. Until is a day, of a decision that has one.
func Judge(s register.Subject, o register.Outcome, reason, until string) func(register.Author) register.Command {
	return func(by register.Author) register.Command {
		return register.Judge{Approval: register.Approval{
			Event: by.Event, Subject: s, Outcome: o, Until: until, By: by.Person, Account: by.Account, At: by.At, How: by.How, Reason: reason,
		}}
	}
}

// onward asks for a state after a decision that opens the way to it.
func onward(to register.State) command {
	return func(by register.Author) register.Command {
		by.Event = ""
		return register.Move{By: by, To: to}
	}
}

// typedAtRegister is the reason in the log for a value that a person gave to conformd itself.
const typedAtRegister = "given to conformd itself"

func propose(f register.Field, v string) command {
	return func(by register.Author) register.Command {
		return register.Propose{By: by, Field: f, Value: v, Why: typedAtRegister}
	}
}

// decided are the values that triage decides.
func decided() []register.Field {
	return []register.Field{register.FieldKind, register.FieldGrade, register.FieldRisk, register.FieldSource, register.FieldRequirements, register.FieldOwner}
}

func askedOfValues() []ask {
	return []ask{{
		Ask:      Ask{Name: "set", Label: "Change a value", Says: "The record gets the value. What triage or a closing has decided is changed with a reason by a person with the role; otherwise the value waits for one."},
		fits:     always,
		inputs:   func(x asking) []Input { return valueOf(x.settable()) },
		together: func(list []asking) []Input { return valueOf(shared(list)) },
		commands: func(_ asking, in map[string]string) []command {
			f, v, why := register.Field(in["field"]), in["value"], in[inReason]
			if why == "" {
				return []command{propose(f, v)}
			}
			return []command{func(by register.Author) register.Command {
				return register.Determine{By: by, Field: f, Value: v, Reason: why}
			}}
		},
	}, {
		Ask:  Ask{Name: "take", Label: "Take what is proposed", Says: "The register takes the value, date or exception that waits for a decision.", Approves: true},
		fits: waits,
		inputs: func(x asking) []Input {
			return []Input{choose("field", "About", x.waiting()...), reason("Why it is right")}
		},
		commands: func(x asking, in map[string]string) []command { return []command{x.taking(in["field"], in[inReason])} },
	}, {
		Ask:  Ask{Name: "keep", Label: "Keep what the register has", Says: "What is proposed is decided against, and the trackers show the value of the register again.", Approves: true},
		fits: waits,
		inputs: func(x asking) []Input {
			return []Input{choose("field", "About", x.waiting()...), reason("Why the register is right")}
		},
		commands: func(_ asking, in map[string]string) []command {
			return []command{func(by register.Author) register.Command {
				if m, ok := register.MilestoneNamed(in["field"]); ok {
					return register.KeepDate{By: by, Milestone: m, Reason: in[inReason]}
				}
				return register.Decline{By: by, Field: register.Field(in["field"]), Reason: in[inReason]}
			}}
		},
	}}
}

// valueOf are the inputs for the value of one of some fields.
func valueOf(fields []Option) []Input {
	why := reason("Needed for a value that triage or a closing has decided")
	why.Needed = false
	return []Input{choose("field", "Field", fields...), {Name: "value", Label: "Value", Type: register.TypeText, Hint: "Empty takes the value away", asOf: "field"}, why}
}

// taking takes what is proposed about a field, a milestone or the state.
func (x asking) taking(about, why string) command {
	m, milestone := register.MilestoneNamed(about)
	exception, excepts := register.AskedAcceptance(x.r)
	return func(by register.Author) register.Command {
		switch {
		case milestone:
			to := ""
			for _, e := range x.r.Extensions {
				if e.Milestone == m && e.State == register.ExtensionAsked {
					to = e.To
				}
			}
			return register.Extend{By: by, Milestone: m, To: to, Reason: why}
		case about == string(register.FieldState) && excepts:
			return register.Accept{By: by, Until: exception.Until, Reason: why}
		case about == string(register.FieldState):
			return Judge(register.SubjectReopening, register.Approved, why, "")(by)
		default:
			return register.Determine{By: by, Field: register.Field(about), Reason: why}
		}
	}
}

func askedOfSteps() []ask {
	return []ask{{
		Ask:  Ask{Name: "triage", Label: "Confirm the triage", Says: "What the record is, is decided: kind, grade, risk, source, requirement and owner. Later changes of them are proposals.", Act: register.ActTriage, Approves: true},
		fits: func(x asking) bool { return open(x) && !register.Triaged(x.r) },
		inputs: func(x asking) []Input {
			out := []Input{}
			for _, f := range decided() {
				out = append(out, x.field(f))
			}
			return append(out, note())
		},
		commands: func(x asking, in map[string]string) []command {
			var out []command
			for _, f := range decided() {
				if v, given := in[string(f)]; given && v != x.r.Fields[f] {
					out = append(out, propose(f, v))
				}
			}
			return append(out, Judge(register.SubjectTriage, register.Approved, in[inReason], ""), onward(register.Analysis))
		},
	}, {
		Ask:  Ask{Name: "move", Label: "Ask for a state", Says: "The record goes as far as the rules allow; what is missing for the rest is said."},
		fits: open,
		inputs: func(asking) []Input {
			return []Input{choose("to", "State", options(register.Reported, register.Analysis, register.Planning, register.Implementing, register.Verifying, register.Closed, register.StateRejected)...), note()}
		},
		commands: func(_ asking, in map[string]string) []command {
			return []command{func(by register.Author) register.Command {
				return register.Move{By: by, To: register.State(in["to"]), Why: in[inReason]}
			}}
		},
	}, {
		Ask: Ask{Name: "approve", Label: "Approve the plan", Says: "Cause, actions, criteria and reviewer are approved as they are now. When one of them changes, the approval counts no longer.", Act: register.ActApprovePlan, Approves: true},
		fits: func(x asking) bool {
			return work(x) && register.Triaged(x.r) && x.r.State.Rank() < register.Implementing.Rank()
		},
		inputs: fixed(note()),
		commands: func(_ asking, in map[string]string) []command {
			return []command{Judge(register.SubjectPlan, register.Approved, in[inReason], ""), onward(register.Implementing)}
		},
	}, {
		Ask: Ask{Name: "review", Label: "Review the effect", Says: "Whether the actions worked, by somebody who was never involved in the record.", Act: register.ActReview, Approves: true},
		fits: func(x asking) bool {
			return !x.r.Kind().Evaluates() && (x.r.State == register.Verifying || x.r.State == register.Closed)
		},
		inputs: fixed(choose("outcome", "The actions were", options(register.Effective, register.Partially, register.Ineffective)...),
			reason("What was checked, and what it showed")),
		commands: func(_ asking, in map[string]string) []command {
			o := register.Outcome(in["outcome"])
			out := []command{Judge(register.SubjectEffectiveness, o, in[inReason], "")}
			if o == register.Effective {
				out = append(out, onward(register.Closed))
			}
			return out
		},
	}, {
		Ask:    Ask{Name: "reject", Label: "Reject", Says: "The record ends as no nonconformity, or as a duplicate; the reason names the record that it is one of.", Act: register.ActReject, Approves: true},
		fits:   open,
		inputs: fixed(reason("Why, as in: duplicate of NC-2026-0003")),
		commands: func(_ asking, in map[string]string) []command {
			return []command{Judge(register.SubjectRejection, register.Rejected, in[inReason], ""), onward(register.StateRejected)}
		},
	}, {
		Ask:    Ask{Name: "reopen", Label: "Reopen", Says: "The record is taken up again and needs a new plan and a new review.", Act: register.ActReopen, Approves: true},
		fits:   over,
		inputs: fixed(reason("Why it is taken up again")),
		commands: func(_ asking, in map[string]string) []command {
			return []command{Judge(register.SubjectReopening, register.Approved, in[inReason], "")}
		},
	}}
}

func askedOfDecisions() []ask {
	return []ask{{
		Ask:  Ask{Name: "adopt", Label: "Decide about the improvement", Says: "It is made, not made, or decided on another day.", Act: register.ActAdopt, Approves: true},
		fits: func(x asking) bool { return x.r.Kind() == register.Improvement && open(x) && register.Triaged(x.r) },
		inputs: func(asking) []Input {
			until := date("until", "Decide anew on", "Needed if it is deferred")
			until.Needed = false
			return []Input{choose("outcome", "The improvement is", options(register.Adopted, register.Declined, register.Deferred)...), until, reason("Why")}
		},
		commands: func(_ asking, in map[string]string) []command {
			return []command{Judge(register.SubjectAdoption, register.Outcome(in["outcome"]), in[inReason], in["until"])}
		},
	}, {
		Ask: Ask{Name: "promote", Label: "File it as more", Says: "The record is closed, and a record of another kind is filed with a link to it.", Act: register.ActPromote, Approves: true},
		fits: func(x asking) bool {
			return open(x) && (x.r.Kind() == register.Observation || x.r.Kind() == register.Signal)
		},
		inputs: fixed(choose("kind", "It is", options(register.Nonconformity, register.PotentialNonconformity, register.Improvement)...),
			reason("Why it is more")),
		commands: func(_ asking, in map[string]string) []command {
			return []command{Judge(register.SubjectPromotion, register.Outcome(in["kind"]), in[inReason], "")}
		},
	}, {
		Ask:  Ask{Name: "recurrence", Label: "Answer whether it came up again", Says: "If it did, the closed record is taken up again, and this one must say why its actions did not last.", Act: register.ActRecurrence, Approves: true},
		fits: func(x asking) bool { return open(x) && len(x.candidates()) > 0 },
		inputs: func(x asking) []Input {
			of := Input{Name: "of", Label: "Closed record", Type: register.TypeLine, Needed: true, Hint: "Its number, or the key of an issue of it"}
			if c := x.candidates(); len(c) > 0 {
				of.Value, of.Hint = c[0].Value, c[0].Label
			}
			return []Input{of, choose("answer", "It is", Option{"again", "the same nonconformity again"}, Option{"other", "another matter"}), reason("Why")}
		},
		commands: func(_ asking, in map[string]string) []command {
			return []command{func(by register.Author) register.Command {
				return register.AnswerRecurrence{By: by, Name: in["of"], Again: in["answer"] == "again", Reason: in[inReason]}
			}}
		},
	}, {
		Ask:    Ask{Name: "sign", Label: "Sign the management review", Says: "Inputs, judgements, decisions, attendees and figures are signed as they are; the record is closed by that.", Act: register.ActSign, Approves: true},
		fits:   func(x asking) bool { return x.r.Kind() == register.ManagementReview && open(x) },
		inputs: fixed(reason("A statement, as in: inputs, figures and decisions were discussed on 15 January")),
		commands: func(_ asking, in map[string]string) []command {
			return []command{Judge(register.SubjectSigning, register.Approved, in[inReason], "")}
		},
	}}
}

// laterDate are the inputs for a later date of one of some milestones.
func laterDate(milestones []Option) []Input {
	return []Input{choose("milestone", "Milestone", milestones...), date("to", "Later date", "As in 2026-12-31"), reason("Why, as in: the vendor delivers in December")}
}

func askedOfDates() []ask {
	return []ask{{
		Ask:      Ask{Name: "extend", Label: "Extend a milestone", Says: "Asks for a later date. Another person with the role approves it with the same act; the original date stays.", Approves: true},
		fits:     open,
		inputs:   func(x asking) []Input { return laterDate(x.milestones()) },
		together: func(list []asking) []Input { return laterDate(anyMilestone(list)) },
		commands: func(_ asking, in map[string]string) []command {
			return []command{func(by register.Author) register.Command {
				return register.Extend{By: by, Milestone: register.Milestone(in["milestone"]), To: in["to"], Reason: in[inReason]}
			}}
		},
	}, {
		Ask:  Ask{Name: "accept", Label: "Accept until a date", Says: "Asks for an exception, or approves one that another person asked for.", Approves: true},
		fits: work,
		inputs: func(x asking) []Input {
			until := date("until", "Last day of the exception", "As in 2026-12-31")
			if asked, waits := register.AskedAcceptance(x.r); waits {
				until.Value = asked.Until
			}
			return []Input{
				until, reason("A justification of 50 characters or more"),
				{Name: "measures", Label: "What limits the risk until then", Type: register.TypeText},
				{Name: "risk_ref", Label: "Entry of the risk register", Type: register.TypeLine},
			}
		},
		commands: func(_ asking, in map[string]string) []command {
			return []command{func(by register.Author) register.Command {
				return register.Accept{By: by, Until: in["until"], Reason: in[inReason], Measures: in["measures"], RiskRef: in["risk_ref"]}
			}}
		},
	}}
}

func askedOfOthers() []ask {
	linked := func(asking) []Input {
		return []Input{choose("kind", "It is a", options(register.LinkKinds()...)...), {Name: "to", Label: "Other record", Type: register.TypeLine, Needed: true, Hint: "Its number, or the key of an issue of it"}, reason("Why")}
	}
	return []ask{{
		Ask:    Ask{Name: "link", Label: "Link to another record", Says: "The record is a duplicate, a part or a recurrence of another one.", Act: register.ActTriage},
		fits:   always,
		inputs: linked,
		commands: func(_ asking, in map[string]string) []command {
			return []command{func(by register.Author) register.Command {
				return register.AddLink{By: by, Kind: register.LinkKind(in["kind"]), Name: in["to"], Reason: in[inReason]}
			}}
		},
	}, {
		Ask:    Ask{Name: "unlink", Label: "End a link", Says: "The link counts no longer. It stays in the record and in the log.", Act: register.ActTriage},
		fits:   func(x asking) bool { return len(register.Linked(x.r)) > 0 },
		inputs: linked,
		commands: func(_ asking, in map[string]string) []command {
			return []command{func(by register.Author) register.Command {
				return register.RemoveLink{By: by, Kind: register.LinkKind(in["kind"]), Name: in["to"], Reason: in[inReason]}
			}}
		},
	}, {
		Ask:  Ask{Name: "sent", Label: "Note what was sent", Says: "The log says that a document about the record went to the certification body. conformd sends nothing."},
		fits: always,
		inputs: func(asking) []Input {
			on := date("on", "On", "Today if it is empty")
			on.Needed = false
			return []Input{
				{Name: "to", Label: "To", Type: register.TypeLine, Needed: true, Hint: "Who got it"},
				on,
				{Name: "file", Label: "Name of the document", Type: register.TypeLine},
				{Name: "sha256", Label: "SHA-256 of the document", Type: register.TypeLine},
				note(),
			}
		},
		commands: func(_ asking, in map[string]string) []command {
			return []command{func(by register.Author) register.Command {
				return register.Send{By: by, To: in["to"], On: cmp.Or(in["on"], by.At.Format(time.DateOnly)), File: in["file"], SHA256: in["sha256"], Reason: in[inReason]}
			}}
		},
	}}
}

func askedOfEvaluation() []ask {
	return []ask{{
		Ask:  Ask{Name: "measure", Label: "Enter a value", Says: "The record gets the value of a period. A correction needs a note; both values stay."},
		fits: func(x asking) bool { return open(x) && x.r.Kind().Measured() },
		inputs: fixed(Input{Name: "period", Label: "Period", Type: register.TypeLine, Hint: "As in 2026-Q3 or 2026-09; empty is the last one that is over"},
			Input{Name: "value", Label: "Value", Type: register.TypeLine, Needed: true, Hint: "As in 97"}, Input{Name: inReason, Label: "Note", Type: register.TypeText, Hint: "Needed for a correction"}),
		commands: func(_ asking, in map[string]string) []command {
			return []command{func(by register.Author) register.Command {
				return register.Enter{By: by, Period: in["period"], Value: in["value"], Note: in[inReason]}
			}}
		},
	}}
}
