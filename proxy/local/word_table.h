#pragma once
// Every text of the portal's pages and of those that block, in English, by its key: the one table.
// conf/pages/*.yaml says the same in other languages, or otherwise in this one.
//
// In braces stand {app}, {host}, {user}, {organisation}, {gateway}, {provider} and {most}, which
// are filled in when a page is made.

#include <string_view>

namespace sallyport::local {

struct WordRow {
  std::string_view key;
  std::string_view english;
};

inline constexpr WordRow kWords[] = {
    // Everywhere
    {"app.unnamed", "this site"},
    {"organisation.unnamed", "your organisation"},
    {"footer.named", "This page comes from {gateway}, the web gateway of {organisation}."},
    {"footer.unnamed", "This page comes from the web gateway of {organisation}."},
    {"footer.named_instead",
     "This page comes from {gateway}, the web gateway of {organisation}, not from {host}."},
    {"footer.unnamed_instead",
     "This page comes from the web gateway of {organisation}, not from {host}."},
    {"footer.questions", "Questions?"},
    {"fact.app", "Application"},
    {"fact.address", "Address"},
    {"fact.user", "Signed in as"},
    {"fact.policy", "Rule"},
    {"fact.reference", "Reference"},
    {"fact.time", "Time"},
    {"fact.provider_user", "Confirmed as"},
    {"fact.what", "What"},
    {"fact.when", "When"},
    {"fact.asked", "Asked for"},
    {"fact.answered", "Decided"},
    {"fact.until", "Good until"},
    {"button.continue", "Continue"},
    {"button.back", "Go back"},
    {"button.send", "Send"},
    {"button.confirm", "Confirm"},
    {"button.again", "Try again"},
    {"button.return", "Back to {host}"},

    // Blocked
    {"block.label", "Blocked by policy"},
    {"block.heading", "Access to {app} was blocked"},
    {"block.lead", "A rule of {organisation} does not allow this."},
    {"block.suspended", "Your access is suspended."},
    {"block.coach", "{organisation} has not approved this, and asks you first."},
    {"block.justify", "{organisation} wants a reason for this first."},
    {"block.step_up", "{organisation} wants a second proof of who you are for this first."},
    {"block.request", "Request access"},
    {"block.answer", "Answer here"},
    {"block.ask", "Ask about this"},

    // Continue or not
    {"coach.label", "Not approved"},
    {"coach.heading", "{app} is not approved here"},
    {"coach.lead", "{organisation} advises against using it for work."},
    {"coach.note",
     "You can go back, or continue if you need it. What you choose is recorded, and you will not "
     "be asked again for a while."},

    // A reason
    {"justify.label", "Reason needed"},
    {"justify.heading", "What do you need {app} for?"},
    {"justify.lead", "{organisation} asks for a reason before you continue."},
    {"justify.field", "Your reason"},
    {"justify.hint", "It is recorded with your name. At most {most} characters."},
    {"justify.missing", "Please write a reason first."},
    {"justify.too_long", "Please use at most {most} characters."},

    // A second factor
    {"step_up.label", "One more step"},
    {"step_up.heading", "Please confirm that it is you"},
    {"step_up.lead", "{organisation} asks for a second proof before you continue to {app}."},
    {"step_up.field", "Code from your authenticator app"},
    {"step_up.hint", "Each code works once."},
    {"step_up.missing", "Please enter the code that your app shows."},
    {"step_up.wrong", "This code is not right. Enter the one that your app shows now."},
    {"step_up.used", "This code was used already. Wait for the next one."},
    {"step_up.held_up", "Too many codes were wrong. Please wait a few minutes."},
    {"step_up.provider", "Sign in with {provider}"},
    {"step_up.or", "Or"},
    {"step_up.nothing",
     "No second factor is set up for you. Please ask your administrators for one."},
    {"provider.unnamed", "your organisation's account"},

    // Enrolment
    {"enrol.label", "Set up once"},
    {"enrol.heading", "Set up your authenticator app"},
    {"enrol.lead",
     "Scan this code with an authenticator app on your phone. Then enter the six digits that the "
     "app shows."},
    {"enrol.picture", "QR code for the authenticator app"},
    {"enrol.key", "Or type this key into the app"},

    // Monitored
    {"notice.label", "Monitored"},
    {"notice.heading", "Your use of {app} is monitored"},
    {"notice.lead", "{organisation} records what is done in this app."},

    // Was this you?
    {"ask_user.label", "Please tell us"},
    {"ask_user.heading", "Was this you?"},
    {"ask_user.lead", "Something unusual was done in {app} in your name."},
    {"ask_user.note", "Your answer goes to your administrators."},
    {"ask_user.yes", "Yes, I meant to"},
    {"ask_user.mistake", "Yes, but by mistake"},
    {"ask_user.no", "No, not me"},
    {"ask_user.missing", "Please choose one of the answers."},

    // Access requested
    {"request_access.label", "Request access"},
    {"request_access.heading", "Ask for access to {app}"},
    {"request_access.lead", "Your administrators will read this and decide."},
    {"request_access.field", "What do you need it for?"},
    {"request_access.hint", "It is sent with your name. At most {most} characters."},

    {"access.waiting.heading", "Your request is waiting"},
    {"access.waiting.lead",
     "You have asked for access to {app}. Your administrators have not decided yet."},
    {"access.granted.heading", "You may use {app}"},
    {"access.granted.lead",
     "Your administrators have granted your request. Go back and try it again."},
    {"access.refused.heading", "Your request was refused"},
    {"access.refused.lead", "Your administrators have decided that {app} stays closed to you."},

    // Signed out
    {"sign_in_again.label", "Signed out"},
    {"sign_in_again.heading", "Please sign in to {app} again"},
    {"sign_in_again.lead", "{organisation} has ended this session."},
    {"sign_in_again.button", "Sign in again"},

    // What came of it
    {"done.label", "Done"},
    {"done.stopped.heading", "You did not continue"},
    {"done.stopped.lead", "Nothing was sent to {app}. You can close this page."},
    {"done.requested.heading", "Your request was sent"},
    {"done.requested.lead", "Your administrators will look at it. You can close this page."},
    {"done.answered.heading", "Thank you"},
    {"done.answered.lead", "Your answer was recorded. You can close this page."},
    {"done.not_me.lead",
     "Your administrators have been told that this was not you. If somebody else may know your "
     "password, change it now."},
    {"done.not_asked.heading", "There is nothing to answer any more"},
    {"done.not_asked.lead",
     "You have answered already, or your administrators no longer need to know."},
    {"done.continued.heading", "You can continue"},
    {"done.continued.lead", "Go back to what you were doing and try it again."},

    // What went wrong
    {"fault.label", "Not possible"},
    {"fault.ticket.heading", "This page is not good any more"},
    {"fault.ticket.lead",
     "It is too old, it was used already, or it was made for somebody else. Go back to where you "
     "came from and try again."},
    {"fault.form.heading", "This answer cannot be taken"},
    {"fault.form.lead", "It was not sent from the gateway's own page."},
    {"fault.busy.heading", "Please wait a moment"},
    {"fault.busy.lead", "Too many answers came in a short time. Try again in a minute."},
    {"fault.full.heading", "Nothing more can be taken just now"},
    {"fault.full.lead", "Too many requests are waiting. Try again later."},
    {"fault.ours.heading", "Something went wrong on our side"},
    {"fault.ours.lead",
     "Your answer was not kept, and nothing has changed. Try again in a moment."},
    {"fault.provider.heading", "Signing in did not work"},
    {"fault.provider.lead", "{provider} did not confirm that it is you. Go back and try again."},
    {"fault.somebody_else.heading", "You signed in as somebody else"},
    {"fault.somebody_else.lead",
     "Here you are known as {user}. Sign out at {provider}, then try again as {user}."},
    {"fault.missing.heading", "There is nothing here"},
    {"fault.missing.lead", "The gateway has no page at this address."},
    {"fault.method.heading", "This cannot be done here"},
    {"fault.method.lead", "This address does not take that kind of request."},

    // An origin that could not be reached, or not be believed
    {"untrusted.label", "Connection not secure"},
    {"untrusted.heading", "{host} could not prove who it is"},
    {"untrusted.lead",
     "The gateway checked the certificate of this site and does not trust it, so nothing was sent "
     "there. Someone may be posing as the site, or its owner has made a mistake."},
    {"untrusted.next",
     "This cannot be skipped here. Try again later, or tell the owner of the site."},
    {"untrusted.faults", "What is wrong"},
    {"silent.label", "No answer"},
    {"silent.heading", "{host} took too long to answer"},
    {"silent.lead", "The gateway waited for this site and heard nothing in time."},
    {"silent.next", "Try again in a moment. The site may be busy or down."},
    {"unusable.label", "No usable answer"},
    {"unusable.heading", "{host} gave no usable answer"},
    {"unusable.lead", "The gateway reached this site, but what came back cannot be shown."},
    {"unusable.next", "Try again later, or tell the owner of the site."},
    {"unreachable.label", "No connection"},
    {"unreachable.heading", "{host} could not be reached"},
    {"unreachable.lead", "The gateway tried to connect to this site and did not succeed."},
    {"unreachable.next", "Check the address for a slip of the keyboard, or try again in a moment."},

    // A request that is not passed on
    {"bad_request.label", "Request not understood"},
    {"bad_request.heading", "This request could not be passed on"},
    {"bad_request.lead", "What arrived is not a request that the gateway can carry safely."},
    {"misdirected.label", "Wrong connection"},
    {"misdirected.heading", "This request was meant for another site"},
    {"misdirected.lead",
     "It came over a connection that belongs to another name, so it was not passed on."},
    {"misdirected.next", "Reloading the page usually helps."},
    {"not_allowed.label", "Not reachable from here"},
    {"not_allowed.heading", "The gateway does not connect to {host}"},
    {"not_allowed.lead", "This address or port is outside of what the gateway may reach."},
    {"sign_in.label", "Sign-in needed"},
    {"sign_in.heading", "Please sign in to use the gateway"},
    {"sign_in.lead",
     "Your browser or program did not say, in a way that the gateway accepts, who is asking."},
    {"sign_in.next", "Reload the page and enter your name and password for the gateway."},
    {"held_up.label", "Too many failed sign-ins"},
    {"held_up.heading", "Signing in has to wait for a while"},
    {"held_up.lead",
     "The name or the password was wrong too often, so the gateway does not look at passwords for "
     "now."},
    {"held_up.next",
     "Try again later. A browser or a program may still send a password that is no longer right."},
    {"internal.label", "Fault of the gateway"},
    {"internal.heading", "Something went wrong on our side"},
    {"internal.lead",
     "The gateway failed while it worked on this request. The site is not to blame."},
    {"internal.next", "Try again in a moment."},

    // Why, in one sentence
    {"reason.session_ended", "{organisation} has ended this session. Sign in again."},
    {"reason.isolated", "{organisation} opens this in a browser that runs elsewhere."},
    {"reason.bad_request", "It is malformed, or larger than what is passed on."},
    {"reason.no_room", "The gateway has no room to look at more uploads just now. Try again soon."},
    {"reason.large_chain",
     "The site shows more or larger certificates than any that are accepted here."},
    {"reason.inner_address", "Its address is one of those that are closed."},
    {"reason.port", "Port {most} is not one of those that are open."},
    {"reason.no_server", "There is no server of that name."},
    {"reason.no_look_up", "The name could not be looked up just now."},
    {"reason.connection_refused", "The server refused the connection."},
    {"reason.no_way", "There is no way to the server."},
    {"reason.no_answer", "The server did not answer in time."},
    {"reason.weak_tls",
     "The server does not offer an encryption that is strong enough, or none at all."},
    {"reason.bad_reply", "The server's reply is not one that can be passed on safely."},
    {"reason.closed", "The server closed the connection."},
    {"reason.other_host", "The request names another host than the connection was opened for."},
    {"reason.loop", "The request came back to the gateway that sent it."},
    {"reason.large_batch",
     "The request holds more requests than can be looked at, and each must be."},
    {"reason.unordered",
     "The parts of this file did not come one after the other, so that nobody can tell what it is. "
     "Send it again from its beginning, a part at a time."},
    {"reason.unopened",
     "The body is compressed in a way that cannot be looked into, and it must be. Send it as it "
     "is, "
     "or with gzip."},
    {"reason.large_search", "The search cannot be made a safe one."},
    {"reason.ended_in_address", "The address carries a session that was ended. Sign in again."},
    {"reason.nothing_here", "There is nothing at this address."},
    {"reason.next_try", "The next try is possible in {most} s."},

    // What is wrong with a certificate: certificate.<fault>, as policies word it
    {"certificate.own_authority",
     "The site shows a certificate of this gateway's own authority, which no site may have."},
    {"certificate.known_bad",
     "The site's certificate depends on a key that is known to be stolen or unsafe."},
    {"certificate.revoked",
     "The site's certificate was withdrawn by the authority that issued it."},
    {"certificate.empty_chain", "The site showed no certificate."},
    {"certificate.malformed", "The site's certificate cannot be read."},
    {"certificate.untrusted_root",
     "The site's certificate comes from an authority that is not trusted here."},
    {"certificate.self_signed",
     "The site vouches for itself; nobody who is trusted here knows it."},
    {"certificate.missing_intermediate",
     "The site did not show how its certificate leads to an authority that is trusted here."},
    {"certificate.bad_signature", "A signature on the site's certificates is not genuine."},
    {"certificate.wrong_host", "The site's certificate belongs to another name."},
    {"certificate.no_san",
     "The site's certificate names no host in the way that is required today."},
    {"certificate.expired", "A certificate of the site has expired."},
    {"certificate.not_yet_valid", "A certificate of the site is not valid yet."},
    {"certificate.weak_signature",
     "A certificate of the site is signed in a way that can be forged today."},
    {"certificate.weak_key", "A certificate of the site has a key that is too weak."},
    {"certificate.name_constraint", "The site's authority may not vouch for this name."},
    {"certificate.path_length",
     "More authorities stand between the site and its root than are allowed."},
    {"certificate.not_a_ca",
     "The site's certificate was issued by somebody who may not issue any."},
    {"certificate.wrong_purpose", "The site's certificate is not meant for a web site."},
    {"certificate.unknown_critical_extension",
     "The site's certificate makes a demand that this gateway does not understand."},
    {"certificate.staple_invalid",
     "The site's proof that its certificate was not withdrawn is broken or too old."},
    {"certificate.staple_required",
     "The site's certificate demands a proof that it was not withdrawn, and there is none."},
    {"certificate.revocation_unknown",
     "There is no proof that the site's certificate was not withdrawn, which is demanded here."},
    {"certificate.other", "The site's certificate could not be verified."},
};
inline constexpr std::size_t kWordCount = sizeof kWords / sizeof kWords[0];

}  // namespace sallyport::local
