CREATE TRIGGER no_truncate BEFORE TRUNCATE ON mutation_conflicts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON rubrics FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON guidelines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
