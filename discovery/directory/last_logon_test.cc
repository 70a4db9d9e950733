#include "discovery/directory/last_logon.h"

#include <gtest/gtest.h>

#include "discovery/users/logon_day.h"

namespace sallyport::discovery::directory {
namespace {

using Attributes = std::map<std::string, std::vector<std::string>, std::less<>>;

const Time kNow = *parse_rfc3339("2026-11-27T12:00:00Z");

// "2026-11-20", "never", or the fault.
std::string logon(Attributes attributes) {
  const Entry entry{.dn = "cn=ana", .attributes = std::move(attributes)};
  const LastLogon found = last_logon_of(entry, kNow);
  if (!found.fault.empty()) return found.fault;
  return found.day ? format_logon_day(*found.day) : "never";
}

TEST(LastLogon, OfActiveDirectoryIsTheLaterOfBothFiletimes) {
  // 134081568000000000 is 2025-11-21T00:00:00Z.
  EXPECT_EQ(logon({{"lastlogon", {"134081568000000000"}}}), "2025-11-21");
  EXPECT_EQ(logon({{"lastlogon", {"0"}}, {"lastlogontimestamp", {"134081567999999999"}}}),
            "2025-11-20");
  EXPECT_EQ(logon({{"lastlogon", {"134081568000000000"}},
                   {"lastlogontimestamp", {"134073792000000000"}}}),
            "2025-11-21");
  EXPECT_EQ(logon({{"pwdlastset", {"134081568000000000"}}}), "never") << "others may set passwords";
}

TEST(LastLogon, OfEntraIsTheLastThatSucceededWhereItIsTold) {
  EXPECT_EQ(logon({{"signinactivity.lastsignindatetime", {"2026-10-02T08:00:00Z"}}}), "2026-10-02");
  EXPECT_EQ(logon({{"signinactivity.lastsignindatetime", {"2026-10-02T08:00:00Z"}},
                   {"signinactivity.lastnoninteractivesignindatetime", {"2026-11-03T08:00:00Z"}}}),
            "2026-11-03");
  EXPECT_EQ(logon({{"signinactivity.lastsignindatetime", {"2026-11-26T08:00:00Z"}},
                   {"signinactivity.lastsuccessfulsignindatetime", {"2026-02-03T08:00:00Z"}}}),
            "2026-02-03")
      << "attempts that failed are no use of an account";
  EXPECT_EQ(logon({{"signinactivity.lastsignindatetime", {"0001-01-01T00:00:00Z"}}}), "never");
}

TEST(LastLogon, OfOthersIsReadInEveryFormOfTime) {
  EXPECT_EQ(logon({{"authtimestamp", {"20260902101112Z"}}}), "2026-09-02");
  EXPECT_EQ(logon({{"authtimestamp", {"20260902101112Z"}},
                   {"pwdlastsuccess", {"20260903101112.123456Z"}}}),
            "2026-09-03");
  EXPECT_EQ(logon({{"krblastsuccessfulauth", {"20260902101112Z"}}}), "2026-09-02");
  EXPECT_EQ(logon({{"lastlogintime", {"2026-09-02T10:11:12.000Z"}}}), "2026-09-02");
  EXPECT_EQ(logon({{"lastlogin", {"2026-09-02T10:11:12.1234567+02:00"}}}), "2026-09-02");
  EXPECT_EQ(logon({{"last_logon", {" 2026-09-02 "}}}), "2026-09-02");
}

TEST(LastLogon, NeverWasWhereDirectoriesSaySo) {
  for (const char* never :
       {"", "0", "000000000000000000", "9223372036854775807", "never", "00010101000000Z",
        "16010101000000Z", "1601-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z", "1989-12-31"}) {
    EXPECT_EQ(logon({{"lastlogon", {never}}}), "never") << never;
  }
  EXPECT_EQ(logon({}), "never");
}

TEST(LastLogon, ThatIsNoTimeOrAheadOfTheClockIsAFault) {
  EXPECT_EQ(logon({{"lastlogin", {"yesterday"}}}), "lastlogin is 'yesterday', which is no time");
  for (const char* nonsense : {"-1", "17", "1764244800", "99999999999999999999", "2026-02-30",
                               "20261332000000Z", "20260902", "20260902101112", "20260902101112.Z",
                               "20260902101112+25", "1/30/2026 8:12:13 AM", "2026-09-02T10:11:12",
                               "20260902101162Z", "2026-09-02T10:11:12.Z.5"}) {
    EXPECT_NE(logon({{"lastlogon", {nonsense}}}).find("which is no time"), std::string::npos)
        << nonsense << ": " << logon({{"lastlogon", {nonsense}}});
  }
  EXPECT_EQ(logon({{"lastlogin", {"2026-11-28T11:59:00Z"}}}), "2026-11-28") << "clocks differ";
  EXPECT_EQ(logon({{"lastlogin", {"2026-11-28T12:00:01Z"}}}),
            "lastlogin is '2026-11-28T12:00:01Z', which is ahead of this machine's clock");
  EXPECT_EQ(logon({{"lastlogon", {"9223372036854775806"}}}),
            "lastlogon is '9223372036854775806', which is ahead of this machine's clock");
}

TEST(GeneralizedTime, IsThatOfRfc4517) {
  const auto read = [](std::string_view text) {
    const auto time = parse_generalized_time(text);
    return time ? format_rfc3339(*time) : "none";
  };
  EXPECT_EQ(read("199412161032Z"), "1994-12-16T10:32:00.000000Z");
  EXPECT_EQ(read("199412160532-0500"), "1994-12-16T10:32:00.000000Z");
  EXPECT_EQ(read("2026112712.5Z"), "2026-11-27T12:30:00.000000Z");
  EXPECT_EQ(read("202611271234,25Z"), "2026-11-27T12:34:15.000000Z");
  EXPECT_EQ(read("20261127123456.5+0130"), "2026-11-27T11:04:56.500000Z");
  EXPECT_EQ(read("20261127123456+01"), "2026-11-27T11:34:56.000000Z");
  for (const char* none :
       {"", "Z", "20261127Z", "20261127123456", "202611271Z", "20260229120000Z", "20261127123456.Z",
        "20261127123456ZZ", "20261127123456+0", "20260012120000Z"}) {
    EXPECT_EQ(read(none), "none") << none;
  }
}

}  // namespace
}  // namespace sallyport::discovery::directory
