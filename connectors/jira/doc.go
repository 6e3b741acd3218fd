// Package jira keeps issues of one Jira project in reach: Jira Cloud and Jira
// Data Center behind one [connectors.Tracker], which of the two is asked of the
// server itself.
//
// Everything goes through version 2 of the REST API, where text is wiki markup
// on both. The requests are made and sent by go-jira; of its typed calls none is
// used, because those that matter here call what is gone (Issue.Search on Cloud), send
// what is refused (AddComment), cannot clear a field or lose the server's words.
// Text, times and errors are read by this package.
package jira
