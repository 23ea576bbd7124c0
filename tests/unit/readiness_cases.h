/* name, id and reason of the first bad check, what is changed */
CASE(all_good, NULL, NULL, (void)input)
CASE(reader_gone, "reader.attached", "reader-absent", input->reader = TRI_NO)
CASE(two_readers, "reader.attached", "reader-several",
     (input->reader = TRI_NO, input->absence = READER_ABSENCE_SEVERAL))
CASE(reader_silent, "reader.attached", "reader-silent",
     (input->reader = TRI_NO, input->absence = READER_ABSENCE_SILENT))
CASE(reader_unknown, "reader.attached", "reader-absent", input->reader = TRI_UNKNOWN)
CASE(printer_silent, "printer.reachable", "printer-unreachable", input->printer_answered = FALSE)
CASE(printer_stopped, "printer.stopped", "printer-stopped",
     input->printer.state = PRINTER_STATE_STOPPED)
CASE(printer_state_unknown, "printer.stopped", "printer-stopped",
     input->printer.state = PRINTER_STATE_UNKNOWN)
CASE(printer_not_accepting, "printer.stopped", "printer-stopped", input->printer.accepting = TRI_NO)
CASE(printer_without_media, "printer.media", "printer-media", input->printer.media_ready = TRI_NO)
CASE(printer_with_other_media, "printer.media", "printer-media",
     (input->printer.media_ready = TRI_NO, g_strlcpy(input->printer.media_found, "9 x 9 mm", 24)))
CASE(printer_at_another_address, "printer.reachable", "printer-unreachable",
     (input->printer_answered = FALSE, g_strlcpy(input->printer_error, "no such name", 20)))
CASE(printer_out_of_paper, "printer.media", "printer-media",
     report(input, "media-empty", PRINTER_SEVERITY_ERROR))
CASE(printer_low_on_toner, NULL, NULL,
     report(input, "marker-supply-low", PRINTER_SEVERITY_WARNING))
CASE(printer_says_something_new, NULL, NULL,
     report(input, "moon-phase", PRINTER_SEVERITY_UNKNOWN))
CASE(printer_busy, "printer.idle", "starting", input->printer.state = PRINTER_STATE_PROCESSING)
CASE(printer_with_a_strangers_job, "printer.idle", "starting", input->printer.jobs = 2)
CASE(printer_that_cannot_do_what_is_wanted, "printer.setup", "printer-stopped",
     g_strlcpy(input->printer.setup_error, "[printer] tray: none", 200))
CASE(printer_whose_abilities_are_unknown, "printer.setup", "starting",
     input->printer.format = PRINTER_FORMAT_UNKNOWN)
CASE(printer_without_counter, NULL, NULL, input->printer.impressions = -1)
CASE(printer_that_speaks_no_ipp, NULL, NULL, input->printer.from_spooler = TRUE)
CASE(no_booklet, "stock.next", "stock-empty", input->stock_reason = "stock-empty")
CASE(stack_unknown, "stock.next", "stock-position", input->stock_reason = "stock-position")
CASE(stack_uncounted, "stock.next", "stock-position", input->stock_reason = "stock-count")
CASE(account_that_does_not_agree, "stock.next", "stock-position",
     input->stock_reason = "stock-mismatch")
CASE(scanner_that_reads_another, "stock.next", "stock-position",
     (input->cabinet.can_scan = TRI_YES,
      g_strlcpy(input->cabinet.scanned_serial, "D33000000002", 13)))
CASE(scanner_that_reads_nothing, "stock.next", "stock-position",
     input->cabinet.can_scan = TRI_YES)
CASE(scanner_that_agrees, NULL, NULL,
     (input->cabinet.can_scan = TRI_YES,
      g_strlcpy(input->cabinet.scanned_serial, "D33000000001", 13)))
CASE(journal_broken, "journal.writable", "journal",
     g_strlcpy(input->journal_error, "disk full", sizeof input->journal_error))
CASE(audit_that_was_cut, NULL, NULL, g_strlcpy(input->audit_cut, "8:ab", sizeof input->audit_cut))
CASE(disk_nearly_full, "storage.free", "journal", input->free_bytes = 3000000)
CASE(disk_getting_full, NULL, NULL, input->free_bytes = 100000000)
CASE(disk_unknown, NULL, NULL, input->free_bytes = -1)
CASE(service_down, "service.reachable", "service-unreachable", input->service = TRI_NO)
CASE(service_answers_late, "service.reachable", "service-unreachable",
     (input->service = TRI_NO, input->service_fault = KIOSK_ERROR_TIMEOUT))
CASE(service_is_somebody_else, "service.reachable", "service-unreachable",
     (input->service = TRI_NO, input->service_fault = KIOSK_ERROR_SIGNATURE))
CASE(service_says_closed, "service.open", "service-refused", input->service_wants_open = TRI_NO)
CASE(clock_off, "clock.trusted", "clock", input->clock = TRI_NO)
CASE(door_open, "cabinet.door", "door", input->cabinet.door_shut = TRI_NO)
CASE(no_door_sensor, NULL, NULL, input->cabinet.door_shut = TRI_UNKNOWN)
CASE(settling, "issuance.settled", "starting", input->settling = TRUE)
CASE(old_unsure, NULL, NULL, input->unsure = 1)
CASE(service_not_asked_yet, "service.open", "starting", input->service_wants_open = TRI_UNKNOWN)
CASE(printer_jam, "printer.jam", "printer-stopped",
     report(input, "media-jam", PRINTER_SEVERITY_ERROR))
CASE(retained_behind_a_shutter, "cabinet.retained", "maintenance",
     input->retained = 1; input->cabinet.can_release = TRI_YES)
CASE(retained_and_the_bin_did_not_take_it, "cabinet.retained", "maintenance",
     input->retained = 1; input->cabinet.can_release = input->cabinet.can_retract = TRI_YES;
     input->retract_failed = TRUE)
CASE(retained_and_the_bin_did_not_take_what_the_sensor_does_not_see, "cabinet.retained",
     "maintenance", input->retained = 1;
     input->cabinet.can_release = input->cabinet.can_retract = TRI_YES;
     input->cabinet.slot_empty = TRI_YES; input->retract_failed = TRUE)
CASE(retained_in_the_bin, NULL, NULL, input->retained = 1;
     input->cabinet.can_release = input->cabinet.can_retract = TRI_YES)
CASE(retained_and_seen_gone, NULL, NULL, input->retained = 1;
     input->cabinet.can_release = TRI_YES; input->cabinet.slot_empty = TRI_YES)
