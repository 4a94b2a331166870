ALTER TABLE "annotation_revisions" ADD COLUMN "rubric_id" uuid;--> statement-breakpoint
-- What arrived before this column was answered under the rubric its batch has: until now that could not change.
ALTER TABLE "annotation_revisions" DISABLE TRIGGER append_only;--> statement-breakpoint
UPDATE "annotation_revisions" v SET "rubric_id" = b."rubric_id" FROM "assignments" a JOIN "batches" b ON b."id" = a."batch_id" WHERE a."id" = v."assignment_id";--> statement-breakpoint
ALTER TABLE "annotation_revisions" ENABLE TRIGGER append_only;--> statement-breakpoint
ALTER TABLE "annotation_revisions" ADD CONSTRAINT "annotation_revisions_rubric_id_rubrics_id_fk" FOREIGN KEY ("rubric_id") REFERENCES "public"."rubrics"("id") ON DELETE no action ON UPDATE no action;
