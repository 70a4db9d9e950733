#include "discovery/events/encode.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "discovery/events/samples_for_tests.h"

namespace sallyport::discovery {
namespace {

using samples::full;

std::string json(const Event& event) {
  std::string out;
  append_json(out, event);
  return out;
}

std::string line(const Event& event, Colour colour = Colour::none) {
  std::string out;
  append_text(out, event, colour);
  return out;
}

std::size_t find_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7f) return i;
  }
  return std::string::npos;
}

// Ids of flows are remembered by ports.
TEST(EventJson, FlowsOfTheSamePortsHaveIdsOfTheirOwn) {
  Event one = full();
  Event other = full();
  other.activity.client.address = *IpAddress::parse("128.232.110.121");
  const auto id_of = [](const Event& event) {
    const std::string text = json(event);
    return text.substr(text.find("community_id"), 46);
  };
  const std::string first = id_of(one);
  EXPECT_NE(id_of(other), first);
  EXPECT_EQ(id_of(one), first);
  EXPECT_NE(first.find("1:LQU9qZlK+B5F3KDmev6m5PMibrg="), std::string::npos);
}

TEST(EventJson, HoldsEveryFact) {
  const std::string verdict =
      R"("action":"block","policy":"no personal storage","point":"upload",)"
      R"("say":"Please use the company share.","suspension":"01JSUSPENDED",)"
      R"("granted":[{"policy_id":"coach-ai","grant":"01JGRANT"}],)"
      R"("rehearsed":[{"policy":"no tor","action":"block"}])";
  EXPECT_EQ(
      json(full()),
      R"({"id":")" + samples::id_of(1).to_string() +
          R"(","kind":"tunnel",)"
          R"("time":"2026-11-23T21:58:52.000000Z","duration_us":1500,"connection_id":"fedcba9876543210",)"
          R"("stream_id":3,"community_id":"1:LQU9qZlK+B5F3KDmev6m5PMibrg=","worker":2,"snapshot":"5a5a",)"
          R"("user":"bob","user_source":"basic","groups":["sales","staff"],)"
          R"("client":{"ip":"128.232.110.120","port":34855,"category":"corporate","range":"head office",)"
          R"("tags":["office","wifi"],"country":"GB","asn":64496,"isp":"Example Net",)"
          R"("latitude":52.2,"longitude":-0.1166},)"
          R"("destination":{"ip":"66.35.250.204","port":80,"category":"cloud_provider","tags":["cdn"]},)"
          R"("scheme":"https","host":"www.dropbox.com","domain":"dropbox.com","host_kind":"app",)"
          R"("host_tags":["botnet"],"port":80,"method":"POST","path":"/upload",)"
          R"("query":"a=1","user_agent":"curl/7.88",)"
          R"("agent":{"app":"mobile_and_desktop","device":"tablet","browser":"curl",)"
          R"("browser_version":"7.88","os":"windows","os_version":"10",)"
          R"("tags":["native_client","outdated_os"]},)"
          R"("app":{"id":"dropbox","name":"Dropbox","category":"cloud_storage","tags":["unsanctioned"]},)"
          R"("type":"upload",)"
          R"("file":{"name":"a.pdf","extension":"pdf","type":"application/pdf","size":17,)"
          R"("sniffed_type":"application/zip","family":"archive","sha256":"00ff",)"
          R"("scan_status":"encrypted","name_tags":["payroll"]},)"
          R"("details":{"object.kind":"file","signature":"dropbox/upload"},)"
          R"("client_refusal":"bad_certificate","seen":{"country":-1,"device":12},)"
          R"("uncommon":["country"],"status":403,"media_type":"text/html",)" +
          verdict +
          R"(,"ending":"blocked","error":"why","intercepted":true,"bytes_in":1,)"
          R"("bytes_out":18446744073709551615,)"
          R"("tls":{"client_version":"TLSv1.3","client_cipher":"A","client_alpn":"h2",)"
          R"("origin_version":"TLSv1.2","origin_cipher":"B","origin_alpn":"http/1.1",)"
          R"("origin_fingerprint":"ff00","leaf_serial":"0102","verify":"expired","ja4":"t13d"},)"
          R"("websocket":{"client":{"messages":3,"text":1,"binary":2,"bytes":900,"largest":500},)"
          R"("origin":{"messages":4,"text":4,"binary":0,"bytes":80,"largest":40},"compressed":true,)"
          R"("closed_by":"origin","close_code":1001,"fault":"RFC 6455 section 7.4"},)"
          R"("activities":[{"type":"upload",)" +
          verdict +
          R"(},{"type":"share","admin":true,)"
          R"("file":{"name":"b.txt","extension":"txt","size":0},"details":{)"
          R"("account":"account","account.domain":"account.domain",)"
          R"("consent.client":"consent.client","consent.level":"consent.level",)"
          R"("consent.name":"consent.name","consent.redirect":"consent.redirect",)"
          R"("instance":"instance","instance.kind":"instance.kind","object.id":"object.id",)"
          R"("object.kind":"object.kind","object.name":"object.name",)"
          R"("object.parent":"object.parent","outcome":"outcome",)"
          R"("prompt.conversation":"prompt.conversation","prompt.model":"prompt.model",)"
          R"("signature":"signature","signature.reading":"signature.reading","transfer.session":"transfer.session",)"
          R"("transfer.step":"transfer.step",)"
          R"("consent.scopes":["a","b"],"target.class":["a","b"],"target.domain":["a","b"],)"
          R"("target.email":["a","b"],"target.group":["a","b"],"target.link":["a","b"],)"
          R"("target.role":["a","b"],"target.user":["a","b"])"
          R"(},"action":"allow","point":"request"}]})");
}

TEST(EventJson, LeavesOutWhatIsNotKnown) {
  Event event;
  event.kind = EventKind::connection;
  event.ending = Ending::refused;
  EXPECT_EQ(json(event),
            R"({"id":"00000000000000000000000000","kind":"connection",)"
            R"("time":"1970-01-01T00:00:00.000000Z","duration_us":0,)"
            R"("connection_id":"0000000000000000","stream_id":0,"worker":0,)"
            R"("client":{"ip":"0.0.0.0"},"action":"allow","point":"request","ending":"refused",)"
            R"("intercepted":false,"bytes_in":0,"bytes_out":0})");
}

TEST(EventJson, SaysWhereNoNameToldTheApp) {
  Event event;
  event.activity.app = policy::AppFacts{"erp", "ERP", "crm", {}};
  for (const char* host : {"10.20.0.1", "fd00:20::1"}) {
    event.activity.host = host;
    EXPECT_NE(json(event).find(R"("category":"crm","known_by":"ip_range"})"), std::string::npos);
  }
  event.activity.host = "erp.example";
  EXPECT_EQ(json(event).find("known_by"), std::string::npos);
}

TEST(EventJson, IsOneLineWhateverTheClientSent) {
  Event event = samples::allowed(1);
  event.activity.path = "/\r\n\"\\\xff\x01";
  event.activity.user_agent = std::string("\0\n", 2);
  const std::string record = json(event);
  EXPECT_EQ(record.find('\n'), std::string::npos);
  EXPECT_EQ(find_control(record), std::string::npos);
}

TEST(EventText, AlignsItsColumns) {
  Event unknown;
  unknown.kind = EventKind::connection;
  unknown.start = samples::second(2);
  unknown.ending = Ending::refused;
  unknown.activity.client.address = *IpAddress::parse("2001:db8::1");
  unknown.error = "no HTTP";
  EXPECT_EQ("\n" + line(samples::allowed(0)) + line(samples::blocked(1)) + line(unknown),
            R"(
21:58:51 ana          192.0.2.7       ALLOW   Dropbox            GET www.dropbox.com/home                         200         0 B/2.0 KiB
21:58:52 bob          198.51.100.9    BLOCK   Dropbox            POST www.dropbox.com/upload                      403           512 B/0 B  [no personal storage]
21:58:53 -            2001:db8::1     REFUSE  -                  connection -                                       -             0 B/0 B  no HTTP
)");
}

TEST(EventText, SaysInAWordWhatBecameOfIt) {
  std::string words;
  for (const policy::Action action :
       {policy::Action::allow, policy::Action::monitor, policy::Action::bypass,
        policy::Action::block, policy::Action::coach, policy::Action::justify,
        policy::Action::step_up, policy::Action::notice}) {
    Event event;
    event.verdict.action = action;
    words += std::string(outcome_word(event)) + " ";
  }
  for (int ending = 1; ending <= static_cast<int>(Ending::failed); ++ending) {
    Event event;
    event.ending = static_cast<Ending>(ending);
    words += std::string(outcome_word(event)) + " ";
  }
  Event asked;
  asked.ending = Ending::blocked;
  asked.verdict.action = policy::Action::step_up;
  words += std::string(outcome_word(asked));
  EXPECT_EQ(words,
            "ALLOW MONITOR BYPASS BLOCK COACH JUSTIFY STEP_UP NOTICE BLOCK REFUSE CLOSED FAIL FAIL "
            "FAIL STEP_UP");
}

TEST(EventText, CannotDriveTheTerminal) {
  Event event = samples::blocked(1);
  event.activity.user = "\x1b]0;x\x07";
  event.activity.host = "\x1b[2J";
  event.activity.path = "/\r\n\xc2\x9b";
  event.activity.app->name = "\xe2\x80\xae";
  event.verdict.policy = "\x1b[31m";
  event.error = "\n\n";
  const std::string text = line(event);
  EXPECT_EQ(find_control(text.substr(0, text.size() - 1)), std::string::npos) << text;
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
}

TEST(EventText, CutsWhatIsLongByCharacters) {
  Event event = samples::allowed(1);
  event.activity.user.emplace();
  for (int i = 0; i < 30; ++i) *event.activity.user += "ü";
  EXPECT_NE(line(event).find(" üüüüüüüüü... 192.0.2.7 "), std::string::npos) << line(event);
  event.activity.user = "üüüüüüüüüüüü";
  EXPECT_NE(line(event).find(" üüüüüüüüüüüü 192.0.2.7 "), std::string::npos) << line(event);
}

TEST(EventText, ColoursOnlyTheWord) {
  EXPECT_NE(line(samples::blocked(1), Colour::ansi).find("\x1b[1;31mBLOCK  \x1b[0m "),
            std::string::npos);
  std::string text = line(samples::blocked(1), Colour::ansi);
  for (const std::string code : {"\x1b[1;31m", "\x1b[0m"}) text.erase(text.find(code), code.size());
  EXPECT_EQ(text, line(samples::blocked(1)));
}

TEST(EventRecord, ReadsBackWhatWasWritten) {
  Event minimal;
  Event hostile = samples::allowed(1);
  hostile.activity.path = "/\r\n\"\\\xff\x01";
  for (const Event& event :
       {full(), samples::allowed(0), samples::blocked(300), minimal, hostile}) {
    const auto read = parse_event(json(event));
    ASSERT_TRUE(read) << describe(read.error());
    EXPECT_EQ(json(*read), json(event));
    EXPECT_EQ(is_block(*read), is_block(event));
  }
}

// Why `text` is refused.
std::string refusal(std::string_view text) {
  const auto event = parse_event(text);
  return event ? "read" : event.error().detail;
}

TEST(EventRecord, PassesOverWhatALaterVersionAdded) {
  std::string record = json(samples::allowed(1));
  record.insert(1, R"("novel":{"a":[1,{"b":null}]},)");
  EXPECT_EQ(refusal(record), "read");
}

TEST(EventRecord, RefusesWhatItCannotMean) {
  const auto with = [](std::string_view from, std::string_view to) {
    std::string record = json(samples::blocked(1));
    const std::size_t at = record.find(from);
    CHECK(at != std::string::npos);
    return refusal(record.replace(at, from.size(), to));
  };
  EXPECT_EQ(with(R"("kind":"exchange")", R"("kind":"party")"),
            "the record's 'kind' is not understood");
  EXPECT_EQ(with(R"("kind":"exchange")", R"("kind":7)"), "the record's 'kind' is not understood");
  EXPECT_EQ(with(R"("ending":"blocked")", R"("ending":"ok")"),
            "the record's 'ending' is not understood");
  EXPECT_EQ(with("2026-11-23T", "yesterday"), "the record's 'time' is not understood");
  EXPECT_EQ(with(R"("status":403)", R"("status":"403")"),
            "the record's 'status' is not understood");
  EXPECT_EQ(with(R"("status":403)", R"("status":-1)"), "the record's 'status' is not understood");
  EXPECT_EQ(with(R"("stream_id":1)", R"("stream_id":4294967296)"),
            "the record's 'stream_id' is not understood");
  EXPECT_EQ(with("198.51.100.9", "198.51.100"), "the record's 'ip' is not understood");
  EXPECT_EQ(with(R"("action":"block")", R"("action":"burn")"),
            "the record's 'action' is not understood");
  EXPECT_EQ(with(R"("connection_id":"0)", R"("connection_id":"x)"),
            "the record's 'connection_id' is not understood");
  EXPECT_EQ(with(R"("id":"0)", R"("id":")"), "the record's 'id' is not understood");
}

TEST(EventRecord, RefusesPlacesThatAreNone) {
  const auto refused = [](std::string_view member) {
    std::string record = json(samples::blocked(1));
    const std::size_t at = record.find(R"("client":{)") + 10;
    return refusal(record.insert(at, std::string(member) + ","));
  };
  EXPECT_EQ(refused(R"("asn":4294967295,"latitude":-90,"longitude":1.8e2)"), "read");
  EXPECT_EQ(refused(R"("asn":4294967296)"), "the record's 'asn' is not understood");
  EXPECT_EQ(refused(R"("latitude":90.001)"), "the record's 'latitude' is not understood");
  EXPECT_EQ(refused(R"("longitude":-1e999)"), "the record's 'longitude' is not understood");
  EXPECT_EQ(refused(R"("longitude":"12")"), "the record's 'longitude' is not understood");
}

TEST(EventRecord, RefusesWhatIsNoRecord) {
  EXPECT_EQ(refusal("{}"), "the record has no id");
  EXPECT_NE(refusal(""), "read");
  EXPECT_NE(refusal("[]"), "read");
  EXPECT_NE(refusal(json(samples::allowed(1)) + "x"), "read");
  EXPECT_NE(refusal(json(samples::allowed(1)).substr(0, 100)), "read");
  EXPECT_EQ(refusal(std::string(kMaxRecord + 1, ' ')), "the record is larger than 1048576 bytes");
}

TEST(Ulid, ReadsBackInEitherCase) {
  for (const int n : {0, 1, 255, 65535, 99999999}) {
    const std::string text = samples::id_of(n).to_string();
    EXPECT_EQ(parse_ulid(text), samples::id_of(n));
    EXPECT_EQ(parse_ulid(lower(text)), samples::id_of(n));
  }
  Ulid last;
  last.bytes.fill(0xff);
  EXPECT_EQ(last.to_string(), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
  EXPECT_EQ(parse_ulid(last.to_string()), last);
}

TEST(Ulid, RefusesWhatIsNone) {
  EXPECT_EQ(parse_ulid(""), std::nullopt);
  EXPECT_EQ(parse_ulid("0000000000000000000000000"), std::nullopt);    // 25
  EXPECT_EQ(parse_ulid("000000000000000000000000000"), std::nullopt);  // 27
  EXPECT_EQ(parse_ulid("80000000000000000000000000"), std::nullopt);   // 129 bits
  EXPECT_EQ(parse_ulid("0000000000000000000000000U"), std::nullopt);
  EXPECT_EQ(parse_ulid("0000000000000000000000000-"), std::nullopt);
}

}  // namespace
}  // namespace sallyport::discovery
