#include "proxy/app/api_table.h"

namespace sallyport::app {

namespace {

using admin::RouteFacts;
using enum RouteFacts::Who;

// The least role: reports in which no single person shows are a viewer's; what persons did, and
// handling alerts, an analyst's; what changes anything else an operator's. Discovery reports that
// show persons want an analyst, too (discovery_api.cc).
constexpr RouteFacts kTable[] = {
    {"POST", "/api/v1/session", anybody, "Signs in; the answer sets the cookie", "Session",
     "SignIn"},
    {"GET", "/api/v1/session", viewer, "Who am I", "Session"},
    {"DELETE", "/api/v1/session", viewer, "Signs out", "SignedOut"},
    {"POST", "/api/v1/session/password", viewer,
     "Changes the own password, and ends the account's other sessions", "Session", "NewPassword"},
    {"GET", "/api/v1/session/openid", anybody,
     "The OpenID provider by which people may sign in beside accounts, or null", "SignInProvider"},
    {"POST", "/api/v1/session/openid", anybody,
     "Begins to sign in at the provider; the answer sets a cookie and says where", "SignInAddress"},
    {"POST", "/api/v1/session/openid/answer", anybody,
     "Signs in with what the provider sent back; the answer sets the cookie", "Session",
     "SignInAnswer"},

    {"GET", "/api/v1/accounts", operator_, "Accounts of the console and tokens", "Accounts"},
    {"POST", "/api/v1/accounts", operator_, "Makes an account with a one-time password", "Given"},
    {"DELETE", "/api/v1/accounts/{account}", operator_, "Takes an account away", "Empty"},
    {"DELETE", "/api/v1/accounts/{account}/sessions", operator_,
     "Ends the sessions of an account, or of somebody from the provider", "EndedSessions"},
    {"PUT", "/api/v1/accounts/{account}/role", operator_, "Gives an account another role",
     "Accounts"},
    {"POST", "/api/v1/accounts/{account}/reset", operator_, "Makes another one-time password",
     "Given"},
    {"POST", "/api/v1/accounts/{account}/totp", operator_, "Sets an authenticator app", "Given"},
    {"DELETE", "/api/v1/accounts/{account}/totp", operator_, "Forgets the authenticator app",
     "Empty"},
    {"POST", "/api/v1/tokens", operator_, "Makes a token for a program", "Given"},
    {"DELETE", "/api/v1/tokens/{token}", operator_, "Takes a token back", "Empty"},

    {"GET", "/api/v1/status", viewer, "Process, addresses, traffic, events, feeds, the last reload",
     "Status"},
    {"POST", "/api/v1/reload", operator_, "Looks at the files now", "Reload"},
    {"GET", "/api/v1/feeds", viewer, "Each feed: size, age, what is wrong", "[Feed]"},
    {"GET", "/api/v1/ranges", viewer, "The operator's ranges of addresses, and what feeds give",
     "Ranges"},
    {"GET", "/api/v1/apps", viewer, "The catalog with tags", "[App]"},
    {"GET", "/api/v1/apps/{app}", viewer, "One app of the catalog, with how its risk score is made",
     "AppPage"},
    {"PUT", "/api/v1/apps/{app}/tags/{tag}", operator_, "Gives an app a tag", "App"},
    {"DELETE", "/api/v1/apps/{app}/tags/{tag}", operator_, "Takes a tag from an app", "App"},
    {"DELETE", "/api/v1/apps/{app}/by-hand", operator_, "The app's tags as the files say again",
     "Empty"},
    {"GET", "/api/v1/discovery/{report}", viewer,
     "A report of counted use; those that show persons are for analysts", "Report"},
    {"GET", "/api/v1/discovery/{report}/{app}", viewer, "A report about one app", "Report"},

    {"GET", "/api/v1/gateway", viewer, "Workers, bytes, pools, caches, refusals, pinning",
     "Gateway"},
    {"GET", "/api/v1/openapi.json", viewer, "This document", "OpenApi"},
    {"GET", "/api/v1/policies", viewer, "Files of policies, and the policies in force", "Policies"},
    {"GET", "/api/v1/policies/matches", viewer, "What decided how often, by day", "PolicyMatches"},
    {"GET", "/api/v1/policies/schema", viewer, "The JSON Schema of policies, for editors",
     "PolicySchema", "", "application/schema+json"},
    {"GET", "/api/v1/policies/{file}", viewer, "One file of policies", "PolicyFile"},
    {"PUT", "/api/v1/policies/{file}", operator_,
     "Writes a file of policies where it compiles and its tests pass, or tells what is wrong",
     "PolicySaved", "text"},
    {"GET", "/api/v1/policies/{file}/history", viewer,
     "Who changed a file and when, where the folder is a git repository", "PolicyHistory"},
    {"GET", "/api/v1/policies/{file}/history/{commit}", viewer,
     "A file as it was then, and what the commit changed", "PolicyCommit"},
    {"POST", "/api/v1/policies/{file}/replay", analyst,
     "Judges what happened with another text of a file, beside the traffic", "ReplayBegun",
     "ReplayAsked"},
    {"GET", "/api/v1/policies/{file}/replay/{replay}", analyst,
     "How far a replay is, and what it came to", "Replay"},
    {"DELETE", "/api/v1/policies/{file}/replay/{replay}", analyst, "Gives a replay up", "Empty"},
    {"GET", "/api/v1/activities", analyst, "Activities that were kept, newest first", "Activities"},
    {"GET", "/api/v1/activities/live", analyst, "Activities as they come", "", "",
     "text/event-stream", true},
    {"GET", "/api/v1/activities/{event}", analyst, "Everything known of one event", "Event"},

    {"GET", "/api/v1/files", analyst, "Files that passed, as they were last seen", "Files"},
    {"GET", "/api/v1/consents", analyst, "Apps that asked for rights by OAuth", "Consents"},

    {"GET", "/api/v1/explain/{event}", analyst, "Why an event was judged as it was", "Explanation"},
    {"GET", "/api/v1/alerts", analyst, "Alerts, newest first", "[Alert]"},
    {"GET", "/api/v1/alerts/unread", viewer, "How many alerts nobody has read", "Unread", "",
     "application/json", true},
    {"GET", "/api/v1/alerts/{alert}", analyst, "One alert with its history", "Alert"},
    {"POST", "/api/v1/alerts/{alert}/{step}", analyst, "Handles an alert", "Alert"},
    {"GET", "/api/v1/alert-days", viewer, "How many alerts each policy raised on each day",
     "[AlertDay]"},
    {"GET", "/api/v1/alert-receivers", viewer, "Who gets alerts, and what waits", "[Receiver]"},
    {"POST", "/api/v1/alert-receivers/{receiver}/test", operator_, "Sends a test alert",
     "Delivery"},
    {"POST", "/api/v1/alert-receivers/{receiver}/deliver", operator_, "Tries to deliver at once",
     "Delivery"},

    {"GET", "/api/v1/webhook-actions", analyst, "What can be asked of apps' own APIs",
     "[WebhookAction]"},
    {"POST", "/api/v1/webhook-actions/{action}/call", operator_, "Asks it", "WebhookCall"},
    {"GET", "/api/v1/webhook-calls", analyst, "What was asked, and what came of it",
     "WebhookCalls"},
    {"GET", "/api/v1/webhook-calls/{call}", analyst, "One of these", "WebhookCall"},

    {"GET", "/api/v1/grants", analyst, "What people have answered where a policy asked", "Grants"},
    {"DELETE", "/api/v1/grants/{grant}", operator_, "Takes an answer back", "Empty"},
    {"GET", "/api/v1/suspensions", analyst, "Who is suspended", "Suspensions"},
    {"PUT", "/api/v1/suspensions/{user}", operator_, "Suspends a user", "Suspension"},
    {"DELETE", "/api/v1/suspensions/{user}", operator_, "Lifts a suspension", "Empty"},
    {"GET", "/api/v1/access-requests", analyst, "Who asked for access", "AccessRequests"},
    {"POST", "/api/v1/access-requests/{request}/grant", operator_, "Grants access", "Done"},
    {"POST", "/api/v1/access-requests/{request}/refuse", operator_, "Refuses access", "Done"},
    {"GET", "/api/v1/questions", analyst, "What people were asked and said", "Questions"},
    {"POST", "/api/v1/questions", operator_, "Asks somebody", "Done"},
    {"DELETE", "/api/v1/questions/{question}", operator_, "Takes a question back", "Done"},
    {"GET", "/api/v1/factors", analyst, "Who has set up an authenticator app", "Factors"},
    {"DELETE", "/api/v1/factors/{user}", operator_, "Forgets an authenticator app", "Done"},

    {"POST", "/api/v1/addresses", operator_, "Adds to the map of addresses and users", "Done",
     "Addresses"},
    {"PUT", "/api/v1/addresses", operator_, "Replaces the map of addresses and users", "Done",
     "Addresses"},
    {"GET", "/api/v1/addresses", analyst, "Who sits at which address", "AddressMap"},
    {"DELETE", "/api/v1/addresses/{prefix}", operator_, "Forgets who sits there", "Done"},
    {"GET", "/api/v1/users/{user}", analyst, "Everything known of one user", "User"},
    {"GET", "/api/v1/users/{user}/export", operator_, "Everything kept of a person, to hand out",
     "PersonExport", "", "application/x-ndjson"},
    {"DELETE", "/api/v1/users/{user}", operator_, "Erases a person", "Erased"},
    {"GET", "/api/v1/users-seen", analyst, "Who was there, when and in how many apps", "UsersSeen"},
    {"GET", "/api/v1/audit-reads", operator_, "Who looked at what persons did", "Reads"},
    {"GET", "/api/v1/governance", analyst, "What was done to people, apps and the gateway",
     "Governance"},
};

}  // namespace

std::span<const RouteFacts> api_table() { return kTable; }

}  // namespace sallyport::app
