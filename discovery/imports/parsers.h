#pragma once
// The formats, one function and mostly one file each; the file's head has what it yields. For
// formats.cc; everybody else calls make_parser().

#include <memory>

#include "discovery/imports/line_parser.h"

namespace sallyport::discovery::imports {

class CustomFormat;
class LineLayout;

using ParserPtr = std::unique_ptr<LineParser>;

ParserPtr make_squid(const TimeOptions& times);
ParserPtr make_wsa(const TimeOptions& times);
ParserPtr make_logformat(const TimeOptions& times, std::shared_ptr<const LineLayout> layout);
ParserPtr make_combined(const TimeOptions& times);
ParserPtr make_haproxy(const TimeOptions& times);
ParserPtr make_w3c(const TimeOptions& times);
ParserPtr make_cef(const TimeOptions& times);
ParserPtr make_leef(const TimeOptions& times);
ParserPtr make_fortigate(const TimeOptions& times);
ParserPtr make_palo_alto(const TimeOptions& times);
ParserPtr make_zscaler(const TimeOptions& times);
ParserPtr make_asa(const TimeOptions& times);
ParserPtr make_zeek(const TimeOptions& times);
ParserPtr make_suricata(const TimeOptions& times);
ParserPtr make_umbrella(const TimeOptions& times);
ParserPtr make_vpc_flow(const TimeOptions& times);
ParserPtr make_alb(const TimeOptions& times);
ParserPtr make_check_point(const TimeOptions& times);
ParserPtr make_sonicwall(const TimeOptions& times);
ParserPtr make_sophos_xg(const TimeOptions& times);
ParserPtr make_sophos_sg(const TimeOptions& times);
ParserPtr make_srx(const TimeOptions& times);
ParserPtr make_meraki(const TimeOptions& times);
ParserPtr make_sallyport(const TimeOptions& times);
ParserPtr make_custom(const TimeOptions& times, std::shared_ptr<const CustomFormat> format);

}  // namespace sallyport::discovery::imports
