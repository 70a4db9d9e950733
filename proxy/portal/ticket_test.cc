#include "proxy/portal/ticket.h"

#include <gtest/gtest.h>
#include <thread>

#include "base/crypto/base64.h"
#include "proxy/local/replies_for_tests.h"
#include "proxy/portal/ticket_keys.h"
#include "proxy/portal/used_tickets.h"

namespace sallyport::portal {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Time kNow = *parse_rfc3339("2026-11-26T20:00:00Z");
const Holder kAna{"ana", "192.0.2.7"};

Ticket coach_ticket() {
  Ticket ticket;
  ticket.kind = TicketKind::coach;
  ticket.user = "ana";
  ticket.client = "192.0.2.7";
  ticket.app = "mega";
  ticket.policy = "coach-storage";
  ticket.event = "01JDCZ3Y6V8Q2W9K7M4T5XN0RB";
  ticket.host = "mega.nz";
  ticket.app_name = "MEGA";
  ticket.say = "Please use the company share.";
  ticket.return_url = "https://mega.nz/folder?x=1";
  ticket.issued = kNow;
  ticket.expires = kNow + minutes(10);
  ticket.nonce = fresh_nonce();
  return ticket;
}

std::string fault_of(const std::expected<Ticket, TicketFault>& ticket) {
  return ticket ? "opened" : std::string(to_string(ticket.error()));
}

http::RequestHead request_to(std::string_view scheme, std::string_view authority,
                             std::string_view line) {
  http::RequestHead request = local::request_of(line);
  request.scheme = scheme;
  request.authority = *Authority::parse(authority, scheme == "https" ? 443 : 80);
  return request;
}

TEST(Ticket, ComesBackAsItWasSealed) {
  const TicketKeys keys = TicketKeys::make(kNow);
  const Ticket ticket = coach_ticket();
  const std::string text = *keys.seal(ticket);
  EXPECT_EQ(
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
  EXPECT_LT(text.size(), 600U);
  const auto back = keys.open(text, kAna, kNow);
  ASSERT_TRUE(back) << fault_of(back);
  EXPECT_EQ(encode_ticket(*back), encode_ticket(ticket));
  EXPECT_EQ(back->user, "ana");
  EXPECT_EQ(back->client, "192.0.2.7");
}

TEST(Ticket, IsGoodForEachKindAndTellsThemApart) {
  const TicketKeys keys = TicketKeys::make(kNow);
  for (std::uint8_t kind = 1; kind <= kTicketKinds; ++kind) {
    Ticket ticket = coach_ticket();
    ticket.kind = static_cast<TicketKind>(kind);
    EXPECT_EQ(keys.open(*keys.seal(ticket), kAna, kNow)->kind, ticket.kind);
  }
}

TEST(TicketAttack, OfAnotherUserIsRefused) {
  const TicketKeys keys = TicketKeys::make(kNow);
  const std::string text = *keys.seal(coach_ticket());
  for (const std::string_view user : {"mallory", "", "Ana", "ana ", "an", "anaa"}) {
    EXPECT_EQ(fault_of(keys.open(text, {user, "192.0.2.7"}, kNow)), "forged") << user;
  }
}

TEST(Ticket, OfSomebodyWhoIsKnownIsTheirsWhereverTheyAre) {
  const TicketKeys keys = TicketKeys::make(kNow);
  const std::string text = *keys.seal(coach_ticket());
  EXPECT_EQ(fault_of(keys.open(text, {"ana", "2001:db8:1:2::/64"}, kNow)), "opened");
}

TEST(TicketAttack, OfAnotherClientIsRefusedWhereNobodyIsKnown) {
  const TicketKeys keys = TicketKeys::make(kNow);
  Ticket ticket = coach_ticket();
  ticket.user = "";
  const std::string text = *keys.seal(ticket);
  EXPECT_EQ(fault_of(keys.open(text, {"", "192.0.2.8"}, kNow)), "forged");
  EXPECT_EQ(fault_of(keys.open(text, {"", ""}, kNow)), "forged");
}

TEST(TicketAttack, OfNobodyIsNotGoodForSomebody) {
  const TicketKeys keys = TicketKeys::make(kNow);
  Ticket ticket = coach_ticket();
  ticket.user = "";
  EXPECT_EQ(fault_of(keys.open(*keys.seal(ticket), kAna, kNow)), "forged");
  EXPECT_EQ(fault_of(keys.open(*keys.seal(ticket), {"", "192.0.2.7"}, kNow)), "opened");
}

TEST(TicketAttack, WhoIsOneAndWhereTheOtherBeginsCannotBeMixedUp) {
  const TicketKeys keys = TicketKeys::make(kNow);
  Ticket ticket = coach_ticket();
  ticket.user = "ana1";
  ticket.client = "92.0.2.7";
  EXPECT_EQ(fault_of(keys.open(*keys.seal(ticket), {"ana", "192.0.2.7"}, kNow)), "forged");
}

TEST(Ticket, SaysNothingOfWhoseItIs) {
  const std::string text = *TicketKeys::make(kNow).seal(coach_ticket());
  const std::string bytes = *base64url_decode(text, kLongestTicket);
  EXPECT_EQ(bytes.find("ana"), std::string::npos);
  EXPECT_EQ(bytes.find("192.0.2.7"), std::string::npos);
}

TEST(TicketAttack, ForgedByEveryChangedByteIsRefused) {
  const TicketKeys keys = TicketKeys::make(kNow);
  const std::string text = *keys.seal(coach_ticket());
  const std::string bytes = *base64url_decode(text, kLongestTicket);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const int flip : {1, 0x80}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      EXPECT_EQ(fault_of(keys.open(base64url_encode(changed), kAna, kNow)), "forged") << i;
    }
  }
}

TEST(TicketAttack, CutOrLongerIsRefused) {
  const TicketKeys keys = TicketKeys::make(kNow);
  const std::string text = *keys.seal(coach_ticket());
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(keys.open(text.substr(0, size), kAna, kNow)) << size;
  }
  for (const std::string& more : {text + "A", text + "AAAA", text + "=", text + " ", "\n" + text,
                                  text + text, std::string(1 << 20, 'A')}) {
    EXPECT_FALSE(keys.open(more, kAna, kNow));
  }
}

TEST(TicketAttack, SignedByAnotherInstallationIsRefused) {
  const TicketKeys ours = TicketKeys::make(kNow);
  const TicketKeys theirs = TicketKeys::make(kNow);
  EXPECT_EQ(fault_of(ours.open(*theirs.seal(coach_ticket()), kAna, kNow)), "forged");
  // Also where the key's id is that of ours.
  std::string bytes = *base64url_decode(*theirs.seal(coach_ticket()), kLongestTicket);
  bytes.replace(0, 4, *base64url_decode(*ours.seal(coach_ticket()), kLongestTicket), 0, 4);
  EXPECT_EQ(fault_of(ours.open(base64url_encode(bytes), kAna, kNow)), "forged");
}

TEST(TicketAttack, ExpiredIsRefusedToTheSecond) {
  const TicketKeys keys = TicketKeys::make(kNow);
  const std::string text = *keys.seal(coach_ticket());
  EXPECT_EQ(fault_of(keys.open(text, kAna, kNow + minutes(10) - seconds(1))), "opened");
  EXPECT_EQ(fault_of(keys.open(text, kAna, kNow + minutes(10))), "expired");
}

TEST(TicketAttack, FromATimeThatHasNotComeIsRefused) {
  const TicketKeys keys = TicketKeys::make(kNow);
  const std::string text = *keys.seal(coach_ticket());
  EXPECT_EQ(fault_of(keys.open(text, kAna, kNow - minutes(4))), "opened");
  EXPECT_EQ(fault_of(keys.open(text, kAna, kNow - minutes(6))), "expired");
}

TEST(Ticket, LivesADayAtMost) {
  const TicketKeys keys = TicketKeys::make(kNow);
  Ticket ticket = coach_ticket();
  ticket.expires = kNow + hours(1000);
  const std::string text = *keys.seal(ticket);
  EXPECT_EQ(fault_of(keys.open(text, kAna, kNow + hours(24) - seconds(1))), "opened");
  EXPECT_EQ(fault_of(keys.open(text, kAna, kNow + hours(24))), "expired");
}

TEST(TicketKeys, OverlapForAsLongAsATicketLives) {
  const TicketKeys first = TicketKeys::make(kNow);
  EXPECT_FALSE(first.due(kNow));
  EXPECT_FALSE(first.due(kNow + hours(24 * 7) - seconds(1)));
  EXPECT_TRUE(first.due(kNow + hours(24 * 7)));
  Ticket ticket = coach_ticket();
  ticket.issued = kNow + hours(24 * 7);
  ticket.expires = ticket.issued + hours(24);
  const std::string text = *first.seal(ticket);
  const TicketKeys second = first.rotated(ticket.issued);
  EXPECT_EQ(fault_of(second.open(text, kAna, ticket.issued + hours(23))), "opened");
  EXPECT_EQ(fault_of(second.open(text, kAna, ticket.issued + hours(24))), "forged");
  EXPECT_NE(*second.seal(ticket), text);
  EXPECT_EQ(fault_of(second.rotated(kNow).open(text, kAna, ticket.issued)), "forged");
}

TEST(TicketKeys, AreDueWhereTheClockWasSetBack) {
  EXPECT_TRUE(TicketKeys::make(kNow).due(kNow - hours(25)));
  EXPECT_FALSE(TicketKeys::make(kNow).due(kNow - hours(1)));
}

TEST(TicketKeys, AreReadAsTheyWereWritten) {
  const TicketKeys keys = TicketKeys::make(kNow - hours(1)).rotated(kNow);
  const Result<TicketKeys> read = TicketKeys::parse(keys.text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text(), keys.text());
  EXPECT_EQ(fault_of(read->open(*keys.seal(coach_ticket()), kAna, kNow)), "opened");
}

TEST(TicketKeys, RefuseAFileThatIsNoneAndSayNothingOfItsKeys) {
  const std::string good = TicketKeys::make(kNow).text();
  const std::string secret = good.substr(good.size() - 65, 64);
  for (const std::string& bad :
       {std::string(), std::string("\n"), good.substr(0, good.size() - 1), good + good + good,
        good + "\n", "x" + good, good.substr(0, good.size() - 3) + "\n", good + "# 3\n"}) {
    const Result<TicketKeys> read = TicketKeys::parse(bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().kind, ErrorKind::invalid);
    EXPECT_EQ(read.error().detail.find(secret.substr(0, 8)), std::string::npos);
  }
}

TEST(TicketKeys, DeriveAnotherSecretForEachPurposeAndTicket) {
  const TicketKeys keys = TicketKeys::make(kNow);
  const std::string one = *keys.seal(coach_ticket());
  const std::string two = *keys.seal(coach_ticket());
  EXPECT_EQ(keys.derive("pkce", one), keys.rotated(kNow).derive("pkce", one));
  EXPECT_NE(keys.derive("pkce", one), keys.derive("nonce", one));
  EXPECT_NE(keys.derive("pkce", one), keys.derive("pkce", two));
  EXPECT_EQ(keys.derive("pkce", *TicketKeys::make(kNow).seal(coach_ticket())), std::nullopt);
  EXPECT_EQ(keys.derive("pkce", "!"), std::nullopt);
}

TEST(Ticket, IsNotSealedWithAnIdThatWouldHaveToBeCut) {
  const TicketKeys keys = TicketKeys::make(kNow);
  for (std::string Ticket::* id :
       {&Ticket::app, &Ticket::policy, &Ticket::event, &Ticket::host, &Ticket::extra}) {
    Ticket ticket = coach_ticket();
    ticket.return_url = "";
    ticket.*id = std::string(kLongestId, 'x');
    EXPECT_TRUE(keys.seal(ticket));
    ticket.*id += 'x';
    EXPECT_FALSE(keys.seal(ticket));
  }
}

TEST(Ticket, CutsWhatIsForShowOnlyAtAWholeCharacter) {
  const TicketKeys keys = TicketKeys::make(kNow);
  Ticket ticket = coach_ticket();
  ticket.say = std::string(kLongestSay - 1, 'x') + "\xc3\xa4";
  ticket.app_name = std::string(kLongestId + 5, 'y');
  const auto back = keys.open(*keys.seal(ticket), kAna, kNow);
  EXPECT_EQ(back->say, std::string(kLongestSay - 1, 'x'));
  EXPECT_EQ(back->app_name, std::string(kLongestId, 'y'));
}

TEST(ReturnUrl, IsThatOfARequestThatCanBeRepeated) {
  EXPECT_EQ(return_url_of(request_to("https", "mega.nz:443", "GET /a?b=c&d")),
            "https://mega.nz/a?b=c&d");
  EXPECT_EQ(return_url_of(request_to("http", "mega.nz:8080", "GET /")), "http://mega.nz:8080/");
  EXPECT_EQ(return_url_of(request_to("https", "[2001:db8::1]:8443", "HEAD /x")),
            "https://[2001:db8::1]:8443/x");
  EXPECT_EQ(return_url_of(request_to("https", "mega.nz", "POST /upload")), "https://mega.nz/");
  EXPECT_EQ(return_url_of(request_to("https", "mega.nz", "OPTIONS *")), "https://mega.nz/");
  EXPECT_EQ(return_url_of(http::RequestHead{}), "");
}

TEST(ReturnUrl, EncodesWhatBrowsersAndServersMayReadDifferently) {
  EXPECT_EQ(return_url_of(request_to("https", "mega.nz", "GET /\\evil.example/\"<>\x80|{}^`")),
            "https://mega.nz/%5Cevil.example/%22%3C%3E%80%7C%7B%7D%5E%60");
  EXPECT_EQ(return_url_of(request_to("https", "mega.nz", "GET //evil.example/")),
            "https://mega.nz//evil.example/");
}

TEST(TicketAttack, OpenRedirectIsNotSealedAndNotOpened) {
  const TicketKeys keys = TicketKeys::make(kNow);
  for (const std::string_view url : {"https://evil.example/",
                                     "http://mega.nz.evil.example/",
                                     "https://mega.nz@evil.example/",
                                     "https://evil.example/?https://mega.nz/",
                                     "//mega.nz/",
                                     "/x",
                                     "javascript:alert(1)",
                                     "data:text/html,x",
                                     "https:mega.nz/",
                                     "https:/mega.nz/",
                                     "https:///mega.nz/",
                                     "HTTPS://mega.nz/",
                                     "https://mega.nz",
                                     "https://mega.nz?x",
                                     "https://mega.nz#x",
                                     "https://mega.nz\\@evil.example/",
                                     "https://mega.nz\t/",
                                     "https://mega.nz/\r\nX: y",
                                     "https://mega.nz/ x",
                                     "https://mega.nz/\xc3\xa4",
                                     "https://mega.nz:0/",
                                     "https://mega.nz:x/",
                                     "https://ana:pw@mega.nz/",
                                     "ftp://mega.nz/",
                                     " https://mega.nz/",
                                     "https://sub.mega.nz/",
                                     "https://%6dega.nz/",
                                     "https://mega.nz%2eevil.example/"}) {
    EXPECT_FALSE(leads_to(url, "mega.nz")) << url;
    Ticket ticket = coach_ticket();
    ticket.return_url = url;
    EXPECT_EQ(keys.open(*keys.seal(ticket), kAna, kNow)->return_url, "") << url;
    // A ticket that says so anyway is none, whoever signed it.
    EXPECT_EQ(fault_of(decode_ticket(encode_ticket(ticket))), "malformed") << url;
  }
  EXPECT_TRUE(leads_to("https://mega.nz/", "mega.nz"));
  EXPECT_TRUE(leads_to("http://MEGA.nz:8080/a//b?c#d", "mega.nz"));
  EXPECT_TRUE(leads_to("https://[2001:db8::1]/", "2001:db8::1"));
  EXPECT_FALSE(leads_to("https://mega.nz/", ""));
  EXPECT_FALSE(leads_to("https://mega.nz/" + std::string(kLongestReturn, 'x'), "mega.nz"));
}

TEST(ClientClass, IsAnAddressOrTheNetworkOfOneSubscriber) {
  EXPECT_EQ(client_class(*IpAddress::parse("192.0.2.7")), "192.0.2.7");
  EXPECT_EQ(client_class(*IpAddress::parse("2001:db8:1:2:3:4:5:6")), "2001:db8:1:2::/64");
  EXPECT_EQ(client_class(*IpAddress::parse("2001:db8:1:2::9")), "2001:db8:1:2::/64");
}

TEST(UsedTickets, LetEachDoItsWorkOnce) {
  UsedTickets used(kNow - hours(1));
  const Ticket one = coach_ticket();
  const Ticket two = coach_ticket();
  EXPECT_EQ(used.spend(one, kNow), Spent::first);
  EXPECT_EQ(used.spend(two, kNow), Spent::first);
  EXPECT_EQ(used.spend(one, kNow), Spent::again);
  EXPECT_EQ(used.spend(one, kNow + minutes(9)), Spent::again);
}

TEST(TicketAttack, ReplayAfterARestartIsRefused) {
  UsedTickets before(kNow - hours(1));
  const Ticket ticket = coach_ticket();
  EXPECT_EQ(before.spend(ticket, kNow), Spent::first);
  UsedTickets after(kNow + seconds(1));
  EXPECT_EQ(after.spend(ticket, kNow + seconds(2)), Spent::before_start);
  // Tickets have whole seconds, so one of this very second counts as from before.
  UsedTickets same_second(kNow);
  EXPECT_EQ(same_second.spend(ticket, kNow), Spent::before_start);
}

TEST(UsedTickets, ForgetWhatHasExpiredAndNothingElse) {
  UsedTickets used(kNow - hours(1), 96);
  Ticket early = coach_ticket();
  early.expires = kNow + minutes(1);
  const Ticket late = coach_ticket();
  EXPECT_EQ(used.spend(early, kNow), Spent::first);
  EXPECT_EQ(used.spend(late, kNow), Spent::first);
  EXPECT_EQ(used.spend(coach_ticket(), kNow + minutes(3)), Spent::first);
  EXPECT_EQ(used.size(), 2U);
  EXPECT_EQ(used.spend(late, kNow + minutes(3)), Spent::again);
}

TEST(TicketAttack, FloodFillsTheStoreAndLetsNothingThroughTwice) {
  UsedTickets used(kNow - hours(1), 100);
  std::vector<Ticket> spent;
  for (int i = 0; i < 100; ++i) {
    spent.push_back(coach_ticket());
    spent.back().user = "user " + std::to_string(i);
    EXPECT_EQ(used.spend(spent.back(), kNow), Spent::first);
  }
  EXPECT_EQ(used.spend(coach_ticket(), kNow), Spent::full);
  for (const Ticket& ticket : spent) EXPECT_EQ(used.spend(ticket, kNow), Spent::again);
  EXPECT_EQ(used.spend(coach_ticket(), kNow + minutes(12)), Spent::first);
}

TEST(TicketAttack, FloodByOneHolderLeavesRoomForTheOthers) {
  UsedTickets used(kNow - hours(1), 320);
  int spent = 0;
  for (int i = 0; i < 320; ++i) {
    spent += used.spend(coach_ticket(), kNow) == Spent::first ? 1 : 0;
  }
  EXPECT_EQ(spent, 10);
  Ticket other = coach_ticket();
  other.user = "ben";
  EXPECT_EQ(used.spend(other, kNow), Spent::first);
  // What has expired counts no more.
  EXPECT_EQ(used.spend(coach_ticket(), kNow + minutes(12)), Spent::first);
}

TEST(UsedTickets, LetOneOfManyThreadsThrough) {
  UsedTickets used(kNow - hours(1));
  for (int round = 0; round < 50; ++round) {
    const Ticket ticket = coach_ticket();
    std::atomic<int> firsts = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] { firsts += used.spend(ticket, kNow) == Spent::first ? 1 : 0; });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(firsts, 1);
  }
}

}  // namespace
}  // namespace sallyport::portal
