// Package config reads the configuration of conformd: one YAML file, overridden
// by environment variables named CONFORMD_ and the key (CONFORMD_SYNC_POLL_EVERY).
//
// It reports every mistake at once, each with its line, the key and the remedy
// (see Error), because an operator who is told of one mistake a run gives up
// after the third. Secrets never stand in the file: a Secret names the file or
// the environment variable that holds it.
//
// Viper lower-cases the keys of maps, so anything that is keyed by a tracker's own
// names (statuses, labels, values) is a list of pairs.
//
// The package knows the words of the register and nothing of connectors or mappings.
// Connectors and mappings check their own part of the configuration when they are
// constructed; Config.Mistake adds the line to their findings.
package config

import (
	"time"

	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/register"
)

// A Config is a valid configuration with all defaults filled in. It is never
// changed after Load returned it and is safe for concurrent use.
type Config struct {
	Edition           string             `json:"edition" jsonschema:"enum=iso27001-2022,enum=iso27001-2013" jsonschema_description:"Edition of ISO/IEC 27001 whose clause numbers are printed; records store keys, so it can be changed at any time (conformd policy adopt)."`
	Language          string             `json:"language" jsonschema_description:"Language of what people read in trackers and messages: en, de, or the code of a file in languages; a binding and a person may have their own, and the pages, the command line and the audit log are in English."`
	Languages         []string           `json:"languages" jsonschema_description:"Catalogues of further languages, files named active.<code>.yaml (active.fr.yaml); a relative path starts at the folder of this file."`
	DataDir           string             `json:"data_dir" jsonschema_description:"Folder of the register, the queue and the audit log; a relative path starts at the folder of this file."`
	Listen            string             `json:"listen" jsonschema_description:"Address (host:port) of the pages for people and of the health checks; an address that other machines reach takes a public_url with https://, or pages_without_login."`
	Open              bool               `json:"pages_without_login" jsonschema_description:"Nobody signs in to the pages, and whoever reaches listen reads the whole register; without it people sign in (sign_in)."`
	SignIn            SignIn             `json:"sign_in" jsonschema_description:"How people sign in to the pages."`
	Hosts             []string           `json:"hosts" jsonschema_description:"Further host names under which people open the pages, such as that of a proxy; the pages always answer to this machine, the host of listen and the host of public_url."`
	Webhooks          Webhooks           `json:"webhooks" jsonschema_description:"The listener for webhooks, separate from that of the pages; it is opened if a tracker has webhook secrets."`
	PublicURL         string             `json:"public_url" jsonschema_description:"Address under which people open the pages of the register; comments link to it, and have no link without it."`
	Log               Log                `json:"log" jsonschema_description:"What the daemon writes to standard error; the audit log is something else."`
	Audit             Audit              `json:"audit" jsonschema_description:"The tamper-evident log."`
	Register          Register           `json:"register" jsonschema_description:"How this organisation runs its register; waiting_days, times, rigour, scales, calendar, acceptance, small_org, roles and guards take effect when a person adopts them (conformd policy adopt), on the first start by themselves."`
	Sync              Sync               `json:"sync" jsonschema_description:"How often trackers are read and how much may be changed."`
	Notices           Notices            `json:"notices" jsonschema_description:"How people are told of what is due; nobody is told without notices.mail or notices.webhook."`
	Measurements      []Measurement      `json:"measurements" jsonschema_description:"Sources that conformd asks for the values of measures, control checks and objectives, one for each record."`
	MeasurementTokens []MeasurementToken `json:"measurement_tokens" jsonschema_description:"Tokens with which programs, such as jobs of a CI, enter values through the listener of the pages (conformd measure put --server); without one nothing is taken."`
	People            []Person           `json:"people" jsonschema_description:"People who own, approve or review, and their accounts in the trackers; nobody else can approve anything."`
	Trackers          []Site             `json:"trackers" jsonschema:"required,minItems=1" jsonschema_description:"The sites of Jira and GitHub, each with its address, credential, webhook secrets and limits."`
	Mappings          []Mapping          `json:"mappings" jsonschema_description:"What statuses and fields mean, defined once and used by any number of bindings."`
	Entries           []Entry            `json:"bindings" jsonschema:"required,minItems=1" jsonschema_description:"The Jira projects and GitHub repositories that are kept in step with the register."`

	// Bindings has one binding for each project and repository that Entries name, with the
	// settings of its site and mapping. With adds the bindings of Patterns.
	Bindings []Binding `json:"-"`
	// Patterns are the entries, or parts of entries, whose repositories only the tracker
	// can list.
	Patterns []Pattern `json:"-"`

	calendar  register.Calendar   // of the file that Register.Calendar names
	languages catalogue.Languages // of the files that Languages names
	source    *source             // where each key was written
}

// A Webhooks says where trackers deliver webhooks.
type Webhooks struct {
	Listen  string `json:"listen" jsonschema_description:"Address (host:port) that takes webhooks at /hooks/<tracker id> and /hooks/<binding id>; it serves nothing else but /livez."`
	MaxBody int    `json:"max_body" jsonschema:"minimum=65536,maximum=26214400" jsonschema_description:"Largest body of a delivery, in bytes; GitHub sends up to 26214400."`
}

// A Log says how the daemon logs.
type Log struct {
	Level  string `json:"level" jsonschema:"enum=debug,enum=info,enum=warn,enum=error" jsonschema_description:"Least severity that is written."`
	Format string `json:"format" jsonschema:"enum=json,enum=console" jsonschema_description:"Form of a line: json for machines, console for people."`
}

// An Audit says how the audit log is signed.
type Audit struct {
	Origin string `json:"origin" jsonschema_description:"Name of this log, part of its key and of every checkpoint; no other log may have it (example.com/isms-register), and it must never change."`
	Key    Secret `json:"key" jsonschema_description:"Private key that signs checkpoints, in the form PRIVATE+KEY+...; without it the first start makes one in data_dir."`
}

// A Register says how the organisation runs its register.
type Register struct {
	Prefix      string        `json:"prefix" jsonschema_description:"Beginning of register numbers: NC gives NC-2026-0007."`
	SmallOrg    bool          `json:"small_org" jsonschema_description:"Lets the reviewer of a minor nonconformity be involved in it, for organisations too small to separate the duties; never applies to majors."`
	Dates       string        `json:"dates" jsonschema:"enum=iso,enum=day_first,enum=month_first" jsonschema_description:"How dates such as 03/04/2026 are read: not at all (iso), as 3 April (day_first, as 03.04.2026 then is) or as March 4 (month_first); left out, as the language of the binding writes dates (iso in English, day_first in German); 2026-04-03, 28.11.2026 and 3 April 2026 are always read."`
	WaitingDays WaitingDays   `json:"waiting_days" jsonschema_description:"Days between the end of the work and the review of its effectiveness, by grade."`
	Times       []TimeRow     `json:"times" jsonschema_description:"The time matrix, in which the first row whose condition holds for a record says when its milestones are due; without it, the rows that conformd ships."`
	Rigour      []RigourRow   `json:"rigour" jsonschema_description:"The rigour matrix, in which the first row whose condition holds for a record says how much is asked of it, and the last row is about every record; without it, the rows that conformd ships."`
	Scales      Scales        `json:"scales" jsonschema_description:"The organisation's own grades and risks; each counts as one of the four that rules know."`
	Fields      []CustomField `json:"fields" jsonschema_description:"The organisation's own fields, which are mapped, needed, kept and exported like those of conformd."`
	Calendar    string        `json:"calendar" jsonschema_description:"File with the days off of each week and the holidays, for rows that count business days; a relative path starts at the folder of this file."`
	Acceptance  Acceptance    `json:"acceptance" jsonschema_description:"How many days an exception lasts at most; 0 allows none."`
	Roles       []Roles       `json:"roles" jsonschema_description:"Which roles may decide which act; an act that is not listed keeps the roles that conformd ships."`
	Guards      []Guard       `json:"guards" jsonschema_description:"Rules that are switched off or given another severity, for every record or for some; all others stay as conformd ships them (conformd rules list)."`
}

// A Roles says which roles may decide one act. The roles that conformd ships are
// register.DefaultRoles.
type Roles struct {
	Act   string   `json:"act" jsonschema:"required,enum=triage,enum=reject,enum=downgrade,enum=reopen,enum=approve_plan,enum=review,enum=accept,enum=accept_major,enum=amend,enum=extend,enum=extend_again,enum=recurrence,enum=adopt,enum=promote,enum=sign" jsonschema_description:"What is decided: triage, rejection, a lower grade, reopening, approval of the plan, review, acceptance of the risk, acceptance of the risk of a major nonconformity (in addition to accept), a change to a closed record, a later date of a milestone, the third and later extensions of a major nonconformity, the answer whether a closed nonconformity came up again, whether an improvement is adopted, declined or deferred, that an observation or a signal is promoted to another kind of record, or that a management review is signed."`
	Roles []string `json:"roles" jsonschema:"required,minItems=1,enum=isms_manager,enum=reviewer,enum=risk_owner,enum=top_management,enum=auditor" jsonschema_description:"Who may decide it; an auditor may not decide anything."`
}

// WaitingDays holds the days between the end of the work and its review.
type WaitingDays struct {
	Major       int `json:"major" jsonschema:"minimum=0,maximum=730" jsonschema_description:"Days for a major nonconformity."`
	Minor       int `json:"minor" jsonschema:"minimum=0,maximum=730" jsonschema_description:"Days for a minor nonconformity."`
	Observation int `json:"observation" jsonschema:"minimum=0,maximum=730" jsonschema_description:"Days for an observation."`
	OFI         int `json:"ofi" jsonschema:"minimum=0,maximum=730" jsonschema_description:"Days for an opportunity for improvement."`
}

// An Acceptance says how long an exception lasts at most.
type Acceptance struct {
	MajorDays int `json:"major_days" jsonschema:"minimum=0,maximum=730" jsonschema_description:"Days for a major nonconformity, and for every record of critical or high risk."`
	MinorDays int `json:"minor_days" jsonschema:"minimum=0,maximum=730" jsonschema_description:"Days for every other record."`
}

// A Guard changes one rule of the register.
type Guard struct {
	ID       string `json:"id" jsonschema:"required" jsonschema_description:"Number of the rule, such as G07."`
	Enabled  bool   `json:"enabled" jsonschema_description:"Whether the rule is in force; true when left out."`
	Severity string `json:"severity" jsonschema:"enum=must,enum=should" jsonschema_description:"must holds the record back, should only reports; left out, the rule keeps its own."`
	When     When   `json:"when" jsonschema_description:"Records for which the rule is changed, even where its grades or the rigour matrix would not ask it; the first entry of a rule that holds for a record counts, and an entry without when is about every record."`
}

// A Sync says how changes travel.
type Sync struct {
	PollEvery  time.Duration `json:"poll_every" jsonschema:"minimum=5,maximum=86400" jsonschema_description:"Time between two polls of what changed in a tracker; webhooks only announce changes sooner."`
	SweepEvery time.Duration `json:"sweep_every" jsonschema:"minimum=60,maximum=2592000" jsonschema_description:"Time between two sweeps, which read all selected and known issues and find what no poll and no webhook announced."`
	Workers    int           `json:"workers" jsonschema:"minimum=1,maximum=64" jsonschema_description:"Records that are worked on at the same time."`
	Brake      Brake         `json:"brake" jsonschema_description:"How much may be written to a binding before a person has to look."`
	MaxReverts int           `json:"max_reverts_per_day" jsonschema:"minimum=1,maximum=20" jsonschema_description:"Times a field may be put back within 24 hours before the record is contested and a person decides."`
	Grace      time.Duration `json:"grace" jsonschema:"minimum=0,maximum=2592000" jsonschema_description:"Time that people have to add what is missing before conformd reopens a closed issue (enforcement: reopen)."`
	Keep       time.Duration `json:"keep" jsonschema:"minimum=604800,maximum=315360000" jsonschema_description:"Time for which settled writes, deliveries and closed conflicts are kept beside the audit log, which keeps everything."`
}

// A Brake limits what may be written to a binding. It adds up all planned writes and all
// writes within the window. Beyond a limit nothing is written there until a person releases
// the brake.
type Brake struct {
	Window      time.Duration `json:"window" jsonschema:"minimum=60,maximum=86400" jsonschema_description:"Time over which the writes to a binding are counted together."`
	MaxChanges  int           `json:"max_changes_percent" jsonschema:"minimum=1,maximum=100" jsonschema_description:"Share of the records of a binding in which values may be replaced or emptied there."`
	MaxMissing  int           `json:"max_missing_percent" jsonschema:"minimum=1,maximum=100" jsonschema_description:"Share of the issues of a binding that may have vanished since the last sweep."`
	Floor       int           `json:"floor" jsonschema:"minimum=0,maximum=1000" jsonschema_description:"Records, and missing issues, that never brake by their share, so that small projects are not held."`
	MaxEmptied  int           `json:"max_emptied" jsonschema:"minimum=0,maximum=100000" jsonschema_description:"Values that may be emptied; 0 for no limit."`
	MaxReplaced int           `json:"max_replaced" jsonschema:"minimum=0,maximum=100000" jsonschema_description:"Values that may be replaced by others; 0 for no limit."`
	MaxCreates  int           `json:"max_creates" jsonschema:"minimum=0,maximum=100000" jsonschema_description:"Issues that may be created; 0 for no limit."`
	MaxComments int           `json:"max_comments" jsonschema:"minimum=0,maximum=100000" jsonschema_description:"Comments that may be written or edited, reactions included; 0 for no limit."`
}

// A Person owns, approves or reviews records.
type Person struct {
	ID       string       `json:"id" jsonschema:"required" jsonschema_description:"Name of the person in the register and the audit log; lower case, never given to another person."`
	Name     string       `json:"name" jsonschema_description:"Name shown to people; personal data, kept out of the audit log."`
	Language string       `json:"language" jsonschema_description:"Language of the notices to the person; left out, that of the organisation."`
	Roles    []string     `json:"roles" jsonschema:"enum=isms_manager,enum=reviewer,enum=risk_owner,enum=top_management,enum=auditor,enum=admin" jsonschema_description:"What the person may decide; register.roles has the acts of each role, and an admin runs the pages and decides nothing by that."`
	Email    string       `json:"email" jsonschema_description:"E-mail address for notices; personal data, kept out of the audit log."`
	OSUser   string       `json:"os_user" jsonschema_description:"Account of the operating system (its name, or its number) by which conformd knows the person at the terminal of its machine, for commands with --as; whoever may use that account acts as this person."`
	SignIn   PersonSignIn `json:"sign_in" jsonschema_description:"How the person signs in to the pages."`
	Accounts []Account    `json:"accounts" jsonschema_description:"The person's accounts, one for each site at most."`
}

// An Account is a person's account at one site. It counts in every binding of that site,
// and of another entry of trackers with the same address.
type Account struct {
	Site  string `json:"site" jsonschema:"required" jsonschema_description:"Id of the entry of trackers; an account counts at every entry with the same address."`
	ID    string `json:"id" jsonschema_description:"What identifies the account for ever: Jira accountId (Cloud) or user key (Data Center), GitHub's numeric id (in quotes)."`
	Login string `json:"login" jsonschema_description:"Login name; used if id is empty, which is refused for a person with a role, because a login can pass to another person."`
}
