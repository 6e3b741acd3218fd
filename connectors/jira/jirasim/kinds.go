package jirasim

import "slices"

// The kinds of custom fields. Each is the last part of the name by which Jira calls
// the type, but for the one that is no type of Jira's own.
const (
	KindText        = "textfield" // one line
	KindParagraph   = "textarea"  // many lines, wiki markup
	KindURL         = "url"
	KindLabels      = "labels"
	KindSelect      = "select"
	KindRadio       = "radiobuttons"
	KindMultiSelect = "multiselect"
	KindCheckboxes  = "multicheckboxes"
	KindCascading   = "cascadingselect" // two levels, see Field.Children
	KindUser        = "userpicker"
	KindMultiUser   = "multiuserpicker"
	KindGroup       = "grouppicker"
	KindMultiGroup  = "multigrouppicker"
	KindDate        = "datepicker"
	KindDateTime    = "datetime"
	KindNumber      = "float"
	KindVersion     = "version"
	KindVersions    = "multiversion"
	KindProject     = "project"
	// KindSprint stands for the types that apps bring along: its values are objects
	// of a form that Jira's own description calls json.
	KindSprint = "gh-sprint"
)

// Kinds of system fields.
const (
	kindPriority    = "priority"
	kindResolution  = "resolution"
	kindIssueType   = "issuetype"
	kindStatus      = "status"
	kindTime        = "datetime"
	kindComments    = "comments-page"
	kindComponents  = "components"
	kindAttachments = "attachment"
)

// A shape is how Jira describes the values of a kind.
type shape struct {
	typ, items string
	custom     string // name of the type of a custom field; "": customfieldtypes: and the kind
}

func shapes() map[string]shape {
	return map[string]shape{
		KindText:        {typ: "string"},
		KindParagraph:   {typ: "string"},
		KindURL:         {typ: "string"},
		KindLabels:      {typ: "array", items: "string"},
		KindSelect:      {typ: "option"},
		KindRadio:       {typ: "option"},
		KindMultiSelect: {typ: "array", items: "option"},
		KindCheckboxes:  {typ: "array", items: "option"},
		KindCascading:   {typ: "option-with-child"},
		KindUser:        {typ: "user"},
		KindMultiUser:   {typ: "array", items: "user"},
		KindGroup:       {typ: "group"},
		KindMultiGroup:  {typ: "array", items: "group"},
		KindDate:        {typ: "date"},
		KindDateTime:    {typ: "datetime"},
		KindNumber:      {typ: "number"},
		KindVersion:     {typ: "version"},
		KindVersions:    {typ: "array", items: "version"},
		KindProject:     {typ: "project"},
		KindSprint:      {typ: "array", items: "json", custom: "com.pyxis.greenhopper.jira:gh-sprint"},
		kindComponents:  {typ: "array", items: "component"},
		kindAttachments: {typ: "array", items: "attachment"},
	}
}

// options reports whether the values of a kind are chosen from Field.Options.
func options(kind string) bool {
	return slices.Contains([]string{KindSelect, KindRadio, KindMultiSelect, KindCheckboxes, KindCascading}, kind)
}

// sets reports whether a kind holds a set, which can be added to.
func sets(kind string) bool {
	s := shapes()[kind]
	return s.typ == "array" && s.items != "json" && s.items != "attachment"
}

// named reports whether a kind holds names of versions, components or groups.
func named(kind string) bool {
	return slices.Contains([]string{KindVersion, KindVersions, kindComponents, KindGroup, KindMultiGroup}, kind)
}

// A cascade is the value of a list of two levels; the second may be "".
type cascade struct{ parent, child string }
