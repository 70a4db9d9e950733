#pragma once
// What policies in rehearsal would have done, gathered over the points of an exchange: one that
// would have blocked at request may not match any more at response (a login has become
// login_failed). Pure.

#include "policy/eval/verdict.h"

namespace sallyport::session {

// Names in `later` what is rehearsed in `earlier`, before its own and each once; at most
// Decision::kMostRehearsed.
void keep_rehearsed(const policy::Verdict& earlier, policy::Verdict& later);

}  // namespace sallyport::session
