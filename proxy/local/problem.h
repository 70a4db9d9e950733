#pragma once
// The facts of a page as RFC 9457 problem details.

#include <string>

#include "proxy/local/page.h"
#include "proxy/local/page_words.h"

namespace sallyport::local {

// {"type":"urn:sallyport:problem:blocked","title":"Blocked by policy","status":403,"detail":...,
//  "reason":...,"app":...,"host":...,"policy":...,"event_id":...,"redirect":...,"needs":...,
//  "instruction":...,"portal":...,"portal_until":...,"contact":...,"gateway":...,
//  "time":...,"faults":[...]}
// Where something is needed first, `type` ends in that: "urn:sallyport:problem:step_up". Empty
// facts are left out. `type` is "about:blank" where the facts bring a heading of their own.
std::string problem_json(PageKind kind, const PageFacts& facts, const PageWords& words, int status);

}  // namespace sallyport::local
