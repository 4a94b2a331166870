CREATE TABLE "annotation_returns" (
	"id" uuid PRIMARY KEY NOT NULL,
	"assignment_id" uuid NOT NULL,
	"revision_id" uuid NOT NULL,
	"comment" text NOT NULL,
	"returned_by" uuid,
	"returned_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "expert_feedback" (
	"assignment_id" uuid PRIMARY KEY NOT NULL,
	"revision_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"agreed" boolean,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "kind" text DEFAULT 'work' NOT NULL;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "locked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "settings" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "annotation_returns" ADD CONSTRAINT "annotation_returns_assignment_id_assignments_id_fk" FOREIGN KEY ("assignment_id") REFERENCES "public"."assignments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "annotation_returns" ADD CONSTRAINT "annotation_returns_revision_id_annotation_revisions_id_fk" FOREIGN KEY ("revision_id") REFERENCES "public"."annotation_revisions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "annotation_returns" ADD CONSTRAINT "annotation_returns_returned_by_users_id_fk" FOREIGN KEY ("returned_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "expert_feedback" ADD CONSTRAINT "expert_feedback_assignment_id_assignments_id_fk" FOREIGN KEY ("assignment_id") REFERENCES "public"."assignments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "expert_feedback" ADD CONSTRAINT "expert_feedback_revision_id_annotation_revisions_id_fk" FOREIGN KEY ("revision_id") REFERENCES "public"."annotation_revisions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "annotation_returns_assignment_id_index" ON "annotation_returns" USING btree ("assignment_id");--> statement-breakpoint
ALTER TABLE "gold" DROP COLUMN "preference";--> statement-breakpoint
ALTER TABLE "gold" DROP COLUMN "note";